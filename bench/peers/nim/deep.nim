import std/[asyncdispatch, monotimes]
import peer

proc chain(d, k: int): Future[int] {.async.} =
  if d > 1:
    let r = await chain(d - 1, k)
    return r + 1
  var n = 0
  for i in 0 ..< k:
    await yieldNow()
    inc n
  return n

proc amain(d, k: int) {.async.} =
  let start = getMonoTime()
  let r = await chain(d, k)
  result(r, k, start)

waitFor amain(arg(1, 200), arg(2, 100_000))

import std/[asyncdispatch, monotimes]
import peer

proc op(i: int): Future[int] {.async.} =
  await yieldNow()
  return i

proc amain(n: int) {.async.} =
  let start = getMonoTime()
  var s = 0
  for i in 0 ..< n:
    let f = op(i)
    if not await f.withTimeout(10_000): quit "timed out"
    s += f.read
  result(s, n, start)

waitFor amain(arg(1, 300_000))

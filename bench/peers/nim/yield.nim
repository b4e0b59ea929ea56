import std/[asyncdispatch, monotimes]
import peer

proc work(k: int): Future[int] {.async.} =
  var n = 0
  for i in 0 ..< k:
    await yieldNow()
    inc n
  return n

proc amain(n, k: int) {.async.} =
  let start = getMonoTime()
  var fs: seq[Future[int]]
  for i in 0 ..< n: fs.add work(k)
  var total = 0
  for v in await all(fs): total += v
  result(total, n * k, start)

waitFor amain(arg(1, 100), arg(2, 100_000))

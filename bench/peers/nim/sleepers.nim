import std/[asyncdispatch, monotimes]
import peer

proc work(ms: int): Future[int] {.async.} =
  await sleepAsync(ms)
  return 1

proc amain(n, ms: int) {.async.} =
  let start = getMonoTime()
  var fs = newSeqOfCap[Future[int]](n)
  for i in 0 ..< n: fs.add work(ms)
  var total = 0
  for f in fs: total += await f
  result(total, n, start)

waitFor amain(arg(1, 1_000_000), arg(2, 5000))

import std/[asyncdispatch, monotimes]
import peer

proc work(i: int): Future[int] {.async.} =
  await yieldNow()
  return i

proc amain(n, b: int) {.async.} =
  let start = getMonoTime()
  var total = 0
  var s = 0
  while s < n:
    var fs = newSeqOfCap[Future[int]](b)
    for i in s ..< s + b: fs.add work(i)
    for v in await all(fs): total += v
    s += b
  result(total, n, start)

waitFor amain(arg(1, 1_000_000), arg(2, 10_000))

import std/[asyncdispatch, monotimes]
import peer

proc fib(n: int): Future[int] {.async.} =
  if n < 2: return n
  let a = await fib(n - 1)
  let b = await fib(n - 2)
  return a + b

proc calls(n: int): int =
  var a = 1
  var b = 1
  for i in 2 .. n: (a, b) = (b, a + b + 1)
  return b

proc amain(n: int) {.async.} =
  let start = getMonoTime()
  let r = await fib(n)
  result(r, calls(n), start)

waitFor amain(arg(1, 30))

# std/asyncdispatch has no bounded queue: the usual hand-written one on Futures.
import std/[asyncdispatch, monotimes, deques]
import peer

type Queue = ref object
  cap: int
  buf: Deque[int]
  getters, putters: Deque[Future[void]]

proc put(q: Queue, v: int) {.async.} =
  while q.buf.len >= q.cap:
    let f = newFuture[void]("put")
    q.putters.addLast f
    await f
  q.buf.addLast v
  if q.getters.len > 0: q.getters.popFirst().complete()

proc get(q: Queue): Future[int] {.async.} =
  while q.buf.len == 0:
    let f = newFuture[void]("get")
    q.getters.addLast f
    await f
  let v = q.buf.popFirst()
  if q.putters.len > 0: q.putters.popFirst().complete()
  return v

proc prod(q: Queue, n: int) {.async.} =
  for i in 0 ..< n: await q.put(i)

proc cons(q: Queue, n: int): Future[int] {.async.} =
  var s = 0
  for i in 0 ..< n: s += await q.get()
  return s

proc amain(n, cap: int) {.async.} =
  let q = Queue(cap: cap)
  let start = getMonoTime()
  let c = cons(q, n)
  let p = prod(q, n)
  await p
  let s = await c
  result(s, n, start)

waitFor amain(arg(1, 1_000_000), arg(2, 1))

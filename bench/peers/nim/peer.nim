import std/[os, strutils, monotimes, times, asyncdispatch]

proc arg*(i, d: int): int =
  if paramCount() >= i: parseInt(paramStr(i)) else: d

proc result*(check, ops: int, start: MonoTime) =
  echo "RESULT ", check, " ", ops, " ", formatFloat(float((getMonoTime() - start).inNanoseconds) * 1e-9, ffDecimal, 6)

proc yieldNow*(): Future[void] =
  ## one trip through the dispatcher's callback queue
  let f = newFuture[void]("yieldNow")
  callSoon(proc() = f.complete())
  return f

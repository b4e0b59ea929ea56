"use strict";
exports.arg = (i, otherwise) => (process.argv.length > i + 1 ? Number(process.argv[i + 1]) : otherwise);
exports.now = () => process.hrtime.bigint();
exports.result = (check, ops, start) =>
  console.log(`RESULT ${check} ${ops} ${(Number(process.hrtime.bigint() - start) / 1e9).toFixed(6)}`);
// A hop through the microtask queue, the cheapest way to let others run. No I/O can happen in between: that would take
// setImmediate, which costs five to twenty times as much.
exports.yieldNow = () => Promise.resolve();

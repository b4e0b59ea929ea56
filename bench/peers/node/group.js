"use strict";
// Promise.all is the group; an AbortSignal cancels.
const { setMaxListeners } = require("events");
const { setTimeout: sleep } = require("timers/promises");
const { arg, result, now, yieldNow } = require("./peer.js");
async function work(i) { await yieldNow(); return i; }
async function run(children) {
  const all = [];
  for (let i = 0; i < children; i++) all.push(work(i));
  let total = 0;
  for (const value of await Promise.all(all)) total += value;
  return total;
}
async function cancel(children) {
  const all = [], control = new AbortController();
  setMaxListeners(0, control.signal);
  for (let i = 0; i < children; i++) all.push(sleep(3600e3, undefined, { signal: control.signal }));
  await yieldNow();
  control.abort();
  let cancelled = 0;
  for (const one of await Promise.allSettled(all)) cancelled += one.status === "rejected" ? 1 : 0;
  return cancelled;
}
(async () => {
  const children = arg(1, 100), groups = arg(2, 10000), cancelling = arg(3, 0), start = now();
  let total = 0;
  for (let i = 0; i < groups; i++) total += cancelling ? await cancel(children) : await run(children);
  result(total, children * groups, start);
})();

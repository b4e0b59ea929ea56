"use strict";
// Promise.all is the group; there is nothing to cancel one with.
const { arg, result, now, yieldNow } = require("./peer.js");
async function work(i) { await yieldNow(); return i; }
async function run(children) {
  const all = [];
  for (let i = 0; i < children; i++) all.push(work(i));
  let total = 0;
  for (const value of await Promise.all(all)) total += value;
  return total;
}
(async () => {
  const children = arg(1, 100), groups = arg(2, 10000), start = now();
  let total = 0;
  for (let i = 0; i < groups; i++) total += await run(children);
  result(total, children * groups, start);
})();

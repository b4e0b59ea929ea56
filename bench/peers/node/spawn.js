"use strict";
const { arg, result, now, yieldNow } = require("./peer.js");
async function work(i) { await yieldNow(); return i; }
(async () => {
  const n = arg(1, 1e6), b = arg(2, 1e4), start = now();
  let total = 0;
  for (let s = 0; s < n; s += b) {
    const ps = [];
    for (let i = s; i < s + b; i++) ps.push(work(i));
    for (const v of await Promise.all(ps)) total += v;
  }
  result(total, n, start);
})();

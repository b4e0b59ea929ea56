"use strict";
const { arg, result, now, yieldNow } = require("./peer.js");
async function work(k) { for (let i = 0; i < k; i++) await yieldNow(); return k; }
(async () => {
  const n = arg(1, 100), k = arg(2, 1e5), start = now(), ps = [];
  for (let i = 0; i < n; i++) ps.push(work(k));
  result((await Promise.all(ps)).reduce((a, b) => a + b, 0), n * k, start);
})();

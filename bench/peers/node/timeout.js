"use strict";
const { arg, result, now, yieldNow } = require("./peer.js");
async function op(i) { await yieldNow(); return i; }
async function withTimeout(p, ms) {
  let t;
  const late = new Promise((_, rej) => { t = setTimeout(() => rej(new Error("timeout")), ms); });
  try { return await Promise.race([p, late]); } finally { clearTimeout(t); }
}
(async () => {
  const n = arg(1, 3e5), start = now();
  let s = 0;
  for (let i = 0; i < n; i++) s += await withTimeout(op(i), 10000);
  result(s, n, start);
})();

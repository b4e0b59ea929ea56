"use strict";
const { arg, result, now, yieldNow } = require("./peer.js");
async function chain(d, k) {
  if (d > 1) return (await chain(d - 1, k)) + 1;
  for (let i = 0; i < k; i++) await yieldNow();
  return k;
}
(async () => { const d = arg(1, 200), k = arg(2, 1e5), start = now(), r = await chain(d, k); result(r, k, start); })();

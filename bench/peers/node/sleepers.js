"use strict";
const { arg, result, now } = require("./peer.js");
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
async function work(ms) { await sleep(ms); return 1; }
(async () => {
  const n = arg(1, 1e6), ms = arg(2, 5000), start = now(), ps = [];
  for (let i = 0; i < n; i++) ps.push(work(ms));
  let total = 0;
  for (const p of ps) total += await p;
  result(total, n, start);
})();

"use strict";
const { arg, result, now } = require("./peer.js");
async function* count(values) { for (let i = 0; i < values; i++) yield i; }
(async () => {
  const values = arg(1, 1e7), start = now();
  let total = 0;
  for await (const value of count(values)) total += value;
  result(total, values, start);
})();

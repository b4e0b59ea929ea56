"use strict";
const { arg, result, now } = require("./peer.js");
async function fib(n) { return n < 2 ? n : (await fib(n - 1)) + (await fib(n - 2)); }
function calls(n) { let a = 1, b = 1; for (let i = 2; i <= n; i++) [a, b] = [b, a + b + 1]; return b; }
(async () => { const n = arg(1, 30), start = now(), r = await fib(n); result(r, calls(n), start); })();

"use strict";
// No bounded async queue in the platform: the usual hand-written one.
const { arg, result, now } = require("./peer.js");
class Queue {
  constructor(cap) { this.cap = cap; this.buf = new Array(cap); this.head = 0; this.len = 0; this.getters = []; this.putters = []; }
  async put(v) {
    while (this.len === this.cap) await new Promise((r) => this.putters.push(r));
    this.buf[(this.head + this.len++) % this.cap] = v;
    if (this.getters.length) this.getters.shift()();
  }
  async get() {
    while (this.len === 0) await new Promise((r) => this.getters.push(r));
    const v = this.buf[this.head];
    this.head = (this.head + 1) % this.cap;
    this.len--;
    if (this.putters.length) this.putters.shift()();
    return v;
  }
}
(async () => {
  const n = arg(1, 1e6), q = new Queue(arg(2, 1)), start = now();
  const prod = (async () => { for (let i = 0; i < n; i++) await q.put(i); })();
  let s = 0;
  const cons = (async () => { for (let i = 0; i < n; i++) s += await q.get(); })();
  await Promise.all([prod, cons]);
  result(s, n, start);
})();

// GLib has no async bounded queue (AsyncQueue blocks threads): one on SourceFuncs, woken through Idle.
class Waiter { public SourceFunc f; public Waiter(owned SourceFunc f) { this.f = (owned) f; } }
class BQueue {
    int cap;
    GLib.Queue<long> buf = new GLib.Queue<long>();
    GLib.Queue<Waiter> getters = new GLib.Queue<Waiter>();
    GLib.Queue<Waiter> putters = new GLib.Queue<Waiter>();
    public BQueue(int cap) { this.cap = cap; }
    static void wake(GLib.Queue<Waiter> q) { var w = q.pop_head(); if (w != null) Idle.add((owned) w.f); }
    public async void put(long v) {
        while (buf.length >= cap) { putters.push_tail(new Waiter(put.callback)); yield; }
        buf.push_tail(v);
        wake(getters);
    }
    public async long get() {
        while (buf.length == 0) { getters.push_tail(new Waiter(get.callback)); yield; }
        long v = buf.pop_head();
        wake(putters);
        return v;
    }
}
async void prod(BQueue q, long n) { for (long i = 0; i < n; i++) yield q.put(i); }
async long cons(BQueue q, long n) { long s = 0; for (long i = 0; i < n; i++) { long v = yield q.get(); s += v; } return s; }
int main(string[] args) {
    var loop = new MainLoop();
    long n = arg(args, 1, 1000000);
    var q = new BQueue((int) arg(args, 2, 1));
    int64 start = GLib.get_monotonic_time();
    cons.begin(q, n, (o, r) => { report(cons.end(r), n, start); loop.quit(); });
    prod.begin(q, n);
    loop.run();
    return 0;
}

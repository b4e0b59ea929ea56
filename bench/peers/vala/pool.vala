class Job { public long a; public long b; public long r; public SourceFunc cb; }
ThreadPool<Job> pool;
async long call(long a, long b) {
    var j = new Job();
    j.a = a; j.b = b; j.cb = call.callback;
    try { pool.add(j); } catch (ThreadError e) { error("%s", e.message); }
    yield;
    return j.r;
}
async long lane(long w, long k) { long s = 0; for (long i = 0; i < k; i++) { long v = yield call(w, i); s += v; } return s; }
int main(string[] args) {
    var loop = new MainLoop();
    long n = arg(args, 1, 200000), threads = arg(args, 2, 4), flight = arg(args, 3, 64), left = flight, total = 0;
    try {
        pool = new ThreadPool<Job>.with_owned_data((j) => { j.r = j.a * 3 + j.b; Idle.add((owned) j.cb); }, (int) threads, true);
    } catch (ThreadError e) { error("%s", e.message); }
    int64 start = GLib.get_monotonic_time();
    for (long w = 0; w < flight; w++)
        lane.begin(w, n / flight, (o, r) => { total += lane.end(r); if (--left == 0) loop.quit(); });
    loop.run();
    report(total, n, start);
    return 0;
}

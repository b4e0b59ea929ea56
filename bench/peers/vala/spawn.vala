async long work(long i) { Idle.add(work.callback); yield; return i; }
async void amain(long n, long b) {
    int64 start = GLib.get_monotonic_time();
    long total = 0, pending;
    for (long s = 0; s < n; s += b) {
        pending = b;
        for (long i = s; i < s + b; i++)
            work.begin(i, (o, r) => { total += work.end(r); if (--pending == 0) amain.callback(); });
        yield;
    }
    report(total, n, start);
}
int main(string[] args) {
    var loop = new MainLoop();
    amain.begin(arg(args, 1, 1000000), arg(args, 2, 10000), (o, r) => { amain.end(r); loop.quit(); });
    loop.run();
    return 0;
}

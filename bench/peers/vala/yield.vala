async long work(long k) {
    long n = 0;
    for (long i = 0; i < k; i++) { Idle.add(work.callback); yield; n++; }
    return n;
}
int main(string[] args) {
    var loop = new MainLoop();
    long n = arg(args, 1, 100), k = arg(args, 2, 100000), total = 0, left = n;
    int64 start = GLib.get_monotonic_time();
    for (long i = 0; i < n; i++)
        work.begin(k, (o, r) => { total += work.end(r); if (--left == 0) loop.quit(); });
    loop.run();
    report(total, n * k, start);
    return 0;
}

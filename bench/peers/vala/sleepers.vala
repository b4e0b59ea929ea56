async long work(uint ms) { Timeout.add(ms, work.callback); yield; return 1; }
int main(string[] args) {
    var loop = new MainLoop();
    long n = arg(args, 1, 1000000), left = n, total = 0;
    uint ms = (uint) arg(args, 2, 5000);
    int64 start = GLib.get_monotonic_time();
    for (long i = 0; i < n; i++)
        work.begin(ms, (o, r) => { total += work.end(r); if (--left == 0) loop.quit(); });
    if (n > 0) loop.run();
    report(total, n, start);
    return 0;
}

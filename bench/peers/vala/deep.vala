async long chain(long d, long k) {
    if (d > 1) { long r = yield chain(d - 1, k); return r + 1; }
    long n = 0;
    for (long i = 0; i < k; i++) { Idle.add(chain.callback); yield; n++; }
    return n;
}
int main(string[] args) {
    var loop = new MainLoop();
    long d = arg(args, 1, 200), k = arg(args, 2, 100000);
    int64 start = GLib.get_monotonic_time();
    chain.begin(d, k, (o, r) => { report(chain.end(r), k, start); loop.quit(); });
    loop.run();
    return 0;
}

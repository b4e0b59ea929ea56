async long fib(int n) {
    if (n < 2) return n;
    long a = yield fib(n - 1);
    long b = yield fib(n - 2);
    return a + b;
}
long calls(int n) { long a = 1, b = 1; for (int i = 2; i <= n; i++) { long x = a + b + 1; a = b; b = x; } return b; }
int main(string[] args) {
    var loop = new MainLoop();
    int n = (int) arg(args, 1, 22);
    int64 start = GLib.get_monotonic_time();
    fib.begin(n, (o, r) => { report(fib.end(r), calls(n), start); loop.quit(); });
    loop.run();
    return 0;
}

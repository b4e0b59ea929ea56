// wait_for: a Timeout source that would cancel the Cancellable, removed when the op is done
async long op(long i, Cancellable c) throws Error {
    Idle.add(op.callback);
    yield;
    c.set_error_if_cancelled();
    return i;
}
async long wait_for(long i) throws Error {
    var c = new Cancellable();
    uint id = Timeout.add(10000, () => { c.cancel(); return Source.REMOVE; });
    try { return yield op(i, c); } finally { Source.remove(id); }
}
async void amain(long n) {
    int64 start = GLib.get_monotonic_time();
    long s = 0;
    try { for (long i = 0; i < n; i++) { long v = yield wait_for(i); s += v; } } catch (Error e) { error("%s", e.message); }
    report(s, n, start);
}
int main(string[] args) {
    var loop = new MainLoop();
    amain.begin(arg(args, 1, 300000), (o, r) => { amain.end(r); loop.quit(); });
    loop.run();
    return 0;
}

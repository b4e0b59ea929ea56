long arg(string[] args, int i, long d) { return args.length > i ? long.parse(args[i]) : d; }
void report(long check, long ops, int64 start) {
    stdout.printf("RESULT %ld %ld %.6f\n", check, ops, (GLib.get_monotonic_time() - start) / 1e6);
    stdout.flush();
}

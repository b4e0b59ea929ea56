/* Writes the files named on the command line as one C table of texts, so that the compiler carries its library inside.
 *
 *     embed DIR DIR/builtins.async DIR/collections/abc.async … > lib_files.c
 *
 * A path in the table is relative to DIR: "collections/abc.async". It is a program of its own, and not a script, because building
 * asyncc must need nothing but a C compiler, re2c and lemon. */
#include <stdio.h>
#include <string.h>

static void write_text(FILE *in)
{
    int c = getc(in);

    while (c != EOF) {
        fputs("        \"", stdout);
        for (; c != EOF && c != '\n'; c = getc(in)) {
            if (c == '"' || c == '\\' || c == '?') /* `?` could begin a trigraph */
                printf("\\%c", c);
            else if (c >= ' ' && c < 127)
                putchar(c);
            else
                printf("\\%03o", (unsigned)c);
        }
        if (c == '\n') {
            fputs("\\n", stdout);
            c = getc(in);
        }
        fputs("\"\n", stdout);
    }
}

/* Without the text itself: -1 when it cannot be read. */
static long size_of(FILE *in)
{
    long size;

    if (fseek(in, 0, SEEK_END) != 0 || (size = ftell(in)) < 0)
        return -1;
    rewind(in);
    return size;
}

int main(int argc, char **argv)
{
    size_t skip = argc > 1 ? strlen(argv[1]) + 1 : 0;

    puts("/* Made by tools/embed.c from the files under lib/. */");
    puts("#include \"lib_files.h\"\n");
    puts("const struct lib_file lib_files[] = {");
    for (int i = 2; i < argc; i++) {
        FILE *in = fopen(argv[i], "rb");
        long size = in ? size_of(in) : -1;

        if (size < 0) {
            perror(argv[i]);
            return 1;
        }
        printf("    {\"%s\",\n        \"\"\n", argv[i] + skip);
        write_text(in);
        printf("        , %ld},\n", size);
        fclose(in);
    }
    puts("    {0, 0, 0},\n};\n");
    printf("const size_t lib_file_count = %d;\n", argc > 2 ? argc - 2 : 0);
    return ferror(stdout) ? 1 : 0;
}

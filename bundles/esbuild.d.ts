// esbuild as far as it is called: its own types come with `make bundle`, which `make check` does without.
declare module "esbuild" {
  interface Plugin {
    name: string;
    setup(build: {
      onLoad(where: { filter: RegExp }, load: (file: { path: string }) => { contents: string; loader: string }): void;
      onEnd(heard: () => { errors: { text: string }[] } | null): void;
    }): void;
  }
  function build(options: Record<string, unknown> & { plugins: Plugin[] }): Promise<{ metafile: { inputs: Record<string, unknown> } }>;
}

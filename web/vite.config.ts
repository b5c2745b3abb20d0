import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const outDir = "../src/qipan/static/dist";

/** Write a .gz beside every script and stylesheet: the server sends it as it is, without a proxy to compress. */
function gzip(): Plugin {
  return {
    name: "qipan-gzip",
    apply: "build",
    closeBundle() {
      const assets = join(import.meta.dirname, outDir, "assets");
      for (const name of readdirSync(assets)) {
        if (/\.(css|m?js|svg)$/.test(name)) {
          writeFileSync(join(assets, `${name}.gz`), gzipSync(readFileSync(join(assets, name)), { level: 9 }));
        }
      }
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [gzip()],
  build: {
    outDir,
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: ["chrome111", "firefox114", "safari16.4"],
    chunkSizeWarningLimit: 1400,
    rolldownOptions: {
      input: { main: "src/main.ts", map: "src/map.ts" },
    },
  },
  worker: { format: "es" },
});

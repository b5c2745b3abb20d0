import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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

interface Locked {
  dev?: boolean;
  version?: string;
  license?: string;
}

/**
 * Write licences.txt: the name, version, licence and licence text of everything that may be part of the built files.
 * A package that brings no text has one in licences/, or the build fails.
 */
function licences(): Plugin {
  return {
    name: "qipan-licences",
    apply: "build",
    closeBundle() {
      const here = import.meta.dirname;
      const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8")) as { packages: Record<string, Locked> };
      const texts = Object.entries(lock.packages)
        .filter(([path, entry]) => path.startsWith("node_modules/") && !path.includes("/@types/") && !entry.dev)
        .map(([path, entry]) => {
          const name = path.replace(/^.*node_modules\//, "");
          const folder = join(here, path);
          const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
          const ours = join(here, "licences", `${name.replace(/[@/]+/g, "-").replace(/^-/, "")}.txt`);
          if (!file && !existsSync(ours)) {
            throw new Error(`${name} brings no licence text; put it into web/licences/`);
          }
          const text = readFileSync(file ? join(folder, file) : ours, "utf8").trim();
          return `${name} ${entry.version ?? ""} (${entry.license ?? "see below"})\n\n${text}\n`;
        });
      writeFileSync(join(here, outDir, "licences.txt"), texts.join(`\n${"-".repeat(72)}\n\n`));
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [gzip(), licences()],
  build: {
    outDir,
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: ["chrome111", "firefox114", "safari16.4"],
    chunkSizeWarningLimit: 1400,
    rolldownOptions: {
      input: { main: "src/main.ts", map: "src/map.ts", public: "src/public.ts" },
    },
  },
  worker: { format: "es" },
});

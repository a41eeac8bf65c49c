export type { Head } from "../../runs/api/pages.ts";

export { apiClient } from "../../runs/api/api-client.ts";

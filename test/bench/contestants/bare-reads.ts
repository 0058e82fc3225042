import Koa from 'koa';
import { Pool } from 'pg';
import { readRoutes } from './read-routes';
import { serve, setting } from './serve';

const pool = new Pool({ connectionString: setting('DATABASE_URL'), max: 8 });
const app = new Koa();
app.use(readRoutes(pool));
serve(app, () => pool.end());

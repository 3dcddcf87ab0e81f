import { startPreview } from './preview-server.ts';

// Shows the built portal with sample data: `npm run build && npm run preview --workspace portal`. The password of every step-up is "correct".
const { origin } = await startPreview(4173);
process.stdout.write(`${origin}/.sallyport/portal/\n`);

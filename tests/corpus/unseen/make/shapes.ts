/** Honest requests as many kinds of sites get them. */
import type { Shape } from '../../make/shape.ts';
import { apiShapes } from './shapes-apis.ts';
import { measuredShapes } from './shapes-measured.ts';
import { officeShapes } from './shapes-offices.ts';
import { senderShapes } from './shapes-senders.ts';
import { serviceShapes } from './shapes-services.ts';
import { shopShapes } from './shapes-shops.ts';
import { siteShapes } from './shapes-sites.ts';
import { storeShapes } from './shapes-stores.ts';
import { writtenShapes } from './shapes-written.ts';

export const fourthShapes: readonly Shape[] = [
  ...shopShapes,
  ...measuredShapes,
  ...siteShapes,
  ...writtenShapes,
  ...apiShapes,
  ...storeShapes,
  ...serviceShapes,
  ...officeShapes,
  ...senderShapes,
];

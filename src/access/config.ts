import { z } from 'zod';

const int = (min: number, max: number, value: number) => z.int().min(min).max(max).default(value);

/** How long borrowed and forgotten access lasts. */
export const accessConfig = z
  .strictObject({
    elevationHoursMax: int(1, 168, 8).describe('The longest time for which a role can be borrowed.'),
    elevationAnswerHours: int(1, 168, 24).describe('A question for a role that nobody answers in this time lapses.'),
    inactiveDays: int(1, 3650, 90).describe('People not seen for so long are shown as inactive.'),
  })
  .prefault({})
  .describe('Elevations and inactive people.');

export type AccessConfig = z.infer<typeof accessConfig>;

import { Op } from 'sequelize';

/** Selects tokens that are neither revoked nor expired. */
export const whereValid = () => ({
  revokedAt: null,
  expiresAt: { [Op.or]: [null, { [Op.gt]: new Date() }] },
});

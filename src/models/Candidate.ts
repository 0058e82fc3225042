import { Column, DataType, Model, Table } from 'sequelize-typescript';

/** Who applied, as the newest application of theirs that was decided says. */
@Table({ tableName: 'candidates', underscored: true })
export class Candidate extends Model {
  @Column({ type: DataType.TEXT, primaryKey: true })
  declare id: string;

  /** E.164, held by candidates_phone_number_is_e164. */
  @Column(DataType.TEXT)
  declare phoneNumber: string;

  @Column(DataType.TEXT)
  declare firstName: string;

  @Column(DataType.TEXT)
  declare lastName: string;

  @Column(DataType.TEXT)
  declare emailAddress: string;

  @Column(DataType.DATE(3))
  declare createdAt: Date;

  @Column(DataType.DATE(3))
  declare updatedAt: Date;
}

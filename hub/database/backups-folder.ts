/** Of the data folder: copies before migrations, and what is known of backups. */
export const BACKUPS = 'backups'

-- Database and users for MariaDB 10.6 or newer and MySQL 8.0 or newer; run as an administrator:
--   mysql --host=... --user=admin -p < mysql.sql
-- Replace both passwords and, if the service is not in 10.0.0.0/8, the host part of the users.
-- Letters and digits only in the passwords, because they become part of an address.

CREATE DATABASE IF NOT EXISTS maple CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Serves: reads and writes rows, changes no table.
--   database.url = "mysql://maple:PASSWORD@HOST:3306/maple"
CREATE USER IF NOT EXISTS 'maple'@'10.%' IDENTIFIED BY 'replace-this-password';
GRANT SELECT, INSERT, UPDATE, DELETE ON maple.* TO 'maple'@'10.%';
-- At its start the service asks for the list of migrations to exist, which needs this privilege
-- even where it does.
GRANT CREATE ON maple.seaql_migrations TO 'maple'@'10.%';

-- Migrates before an upgrade, and reads for backups:
--   MAPLE__DATABASE__URL=mysql://maple-migrate:PASSWORD@HOST:3306/maple maple-expectation migrate
CREATE USER IF NOT EXISTS 'maple-migrate'@'10.%' IDENTIFIED BY 'replace-this-password-too';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, LOCK TABLES, SHOW VIEW, TRIGGER
    ON maple.* TO 'maple-migrate'@'10.%';

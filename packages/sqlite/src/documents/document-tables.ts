/**
 * The table of documents.
 *
 * The versions of all documents are numbers of one sequence, so a document that is created again never
 * has a version that it had before. A tombstone has no body.
 * @module
 */

export const documentTables = `
CREATE TABLE document (
  key BLOB PRIMARY KEY NOT NULL,
  version INTEGER NOT NULL,
  facts TEXT,
  body TEXT
);

CREATE TABLE last_document_version (value INTEGER NOT NULL);
INSERT INTO last_document_version VALUES (0);
`;

/** A part of the description: JSON of the OpenAPI Specification 3.1. */
export type Json = Readonly<Record<string, unknown>>;

/** One response, by the names of the specification. */
export interface ResponseObject {
  description: string;
  headers?: Record<string, Json>;
  content?: Record<string, Json>;
}

/** A parameter of the query, the path or the headers. */
export interface ParameterObject {
  name: string;
  in: 'query' | 'path' | 'header';
  description: string;
  required?: boolean;
  schema: Json;
}

/** One method of one path. */
export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  /** Alternatives; each names a security scheme and the scopes that it needs. Empty for open operations. */
  security: Record<string, string[]>[];
  parameters?: ParameterObject[];
  requestBody?: Json;
  responses: Record<string, ResponseObject>;
}

export type Method = 'get' | 'post' | 'patch';
export type PathItem = Partial<Record<Method, Operation>>;
export type Paths = Record<string, PathItem>;

/** A header or trailer with its name and value, blanks around the value included. Source: RFC 9112, section 5. */
export const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\u0020-\u007e\u0080-\u00ff]*)$/;

// viewer-response: the release stores with each page, as metadata of the object, the policy that carries the hashes of
// that page's inline scripts, and the status of the page for what is not there. Files without any get the plain policy.
var plain =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

function taken(headers, name) {
  var value = headers[name] && headers[name].value;
  delete headers[name];
  return value;
}

function handler(event) {
  var response = event.response;
  var headers = response.headers;
  var policy = taken(headers, 'x-amz-meta-csp');
  var status = taken(headers, 'x-amz-meta-status');
  // A 304 speaks of a page that the browser has, with its policy.
  if (response.statusCode === 304) return response;
  headers['content-security-policy'] = { value: policy || plain };
  if (status) response.statusCode = Number(status);
  return response;
}

// viewer-request: the file that holds a page. The export writes /today as today.html and / as index.html.
var pages = ${pages};

function handler(event) {
  var request = event.request;
  var uri = request.uri;
  if (uri.length > 1 && uri.endsWith('/')) uri = uri.slice(0, -1);
  if (uri.lastIndexOf('.') > uri.lastIndexOf('/')) return request;
  if (uri === '/') request.uri = '/index.html';
  else request.uri = pages.includes(uri) ? uri + '.html' : '/404.html';
  return request;
}

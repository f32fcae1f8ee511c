/**
 * What the `URL` of the v8 engine, of the crate `url`, gives otherwise than the web-platform-tests say, by
 * kind. `docs/engines.md` tells the kinds and how many cases they are.
 */

/** Input and base. */
export const parsedOtherwise = {
  'drive letters': [
    ['file:///w|/m', null],
    ['/', 'file://h/C:/a/b'],
    ['C|', 'file://host/dir/file'],
    ['C|', 'file://host/D:/dir1/dir2/file'],
    ['C|#', 'file://host/dir/file'],
    ['C|?', 'file://host/dir/file'],
    ['C|/', 'file://host/dir/file'],
    ['C|\n/', 'file://host/dir/file'],
    ['C|\\', 'file://host/dir/file'],
    ['/c:/foo/bar', 'file://host/path'],
    ['..', 'abc://x/y/z/C:/'],
    ['..', 'file://x/C:/'],
    ['file://example.net/C:/', null],
    ['file://1.2.3.4/C:/', null],
    ['file://[1::8]/C:/', null],
    ['C|/', 'file://host/'],
    ['/C:/', 'file://host/'],
    ['file:C:/', 'file://host/'],
    ['file:/C:/', 'file://host/'],
  ],
  'spaces at the end of an opaque path': [
    ['non-special:opaque  ?hi', null],
    ['non-special:opaque  #hi', null],
    ['non-special:opaque \t\t  \t#hi', null],
    ['non-special:opaque \t\t  #hi', null],
    ['non-special:opaque\t\t  \r #hi', null],
  ],
  'labels that begin with `xn--` and are no Punycode': [
    ['http://a.b.c.xn--pokxncvks', null],
    ['http://10.0.0.xn--pokxncvks', null],
    ['http://a.b.c.XN--pokxncvks', null],
    ['http://a.b.c.Xn--pokxncvks', null],
    ['http://10.0.0.XN--pokxncvks', null],
    ['http://10.0.0.xN--pokxncvks', null],
    ['file://xn--/p', null],
    ['https://xn--/', null],
  ],
  'slashes at the begin of the path of `file:`': [
    ['file:\\\\//', null],
    ['file:\\\\\\\\', null],
    ['file:\\\\\\\\?fox', null],
    ['file:\\\\\\\\#guppy', null],
    ['file://spider///', null],
    ['file:\\\\localhost//', null],
    ['file://\\/localhost//cat', null],
    ['file://localhost//a//../..//', null],
    ['/////mouse', 'file:///elephant'],
    ['\\/localhost//pig', 'file://lion/'],
    ['//localhost//pig', 'file://lion/'],
    ['/..//localhost//pig', 'file://lion/'],
    ['file://localhost//a//../..//foo', null],
    ['file://localhost////foo', null],
    ['file:////foo', null],
    ['file:////one/two', 'file:///'],
    ['////one/two', 'file:///'],
    ['file:///.//', 'file:////'],
    ['file:.//p', null],
    ['file:/.//p', null],
    ['/\\//\\/a/../', 'file:///'],
  ],
  'the origin of `blob:` other than of http': [
    ['blob:blob:https://example.org/', null],
    ['blob:ftp://host/path', null],
    ['blob:ws://example.org/', null],
    ['blob:wss://example.org/', null],
  ],
  '`^` in paths': [
    ['foo://host/ !"$%&\'()*+,-./:;<=>@[\\]^_`{|}~', null],
    ['wss://host/ !"$%&\'()*+,-./:;<=>@[\\]^_`{|}~', null],
  ],
  'backslashes behind schemes such as `foo:`': [
    ['\\a', 'foo://foo/a'],
    ['\\/a', 'foo://foo/a'],
    ['\\\\a', 'foo://foo/a'],
  ],
}

/** Attribute, URL and new value. */
export const setOtherwise = {
  'labels that begin with `xn--` and are no Punycode': [
    ['host', 'https://example.com/', 'xn--'],
    ['hostname', 'https://example.com/', 'xn--'],
  ],
  'paths that begin with `//` behind no host': [
    ['hostname', 'non-spec:/.//p', 'h'],
    ['hostname', 'non-spec:/.//p', ''],
    ['pathname', 'non-spec:/', '/.//p'],
    ['pathname', 'non-spec:/', '/..//p'],
    ['pathname', 'non-spec:/', '//p'],
    ['pathname', 'non-spec:/.//', 'p'],
  ],
  'a port of nothing but white space': [['port', 'https://domain.com:3000', '\n\n\t\t']],
  'an empty path behind an empty host': [['pathname', 'foo:///some/path', '']],
  '`^` in paths': [
    ['pathname', 'a:/', '\u0000\u0001\t\n\r\u001f !"#$%&\'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~Éé'],
  ],
  'slashes at the begin of the path of `file:`': [
    ['pathname', 'file://monkey/', '\\\\'],
    ['pathname', 'file:///unicorn', '//\\/'],
    ['pathname', 'file:///unicorn', '//monkey/..//'],
  ],
  'spaces at the end of an opaque path': [
    ['search', 'data:space ?query', ''],
    ['search', 'sc:space ?query', ''],
    ['search', 'data:space  ?query#fragment', ''],
    ['search', 'sc:space  ?query#fragment', ''],
    [
      'hash',
      'data:space                                                                                                                                  #fragment',
      '',
    ],
    ['hash', 'sc:space    #fragment', ''],
    ['hash', 'data:space  ?query#fragment', ''],
    ['hash', 'sc:space  ?query#fragment', ''],
  ],
}

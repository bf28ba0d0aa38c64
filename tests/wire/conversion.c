/* SPDX-License-Identifier: ISC */
/* Pieces of HTML, and the gemtext they are read as: construct by construct. */
#include "wire/conversion.h"

#include "base/buffer.h"
#include "story/gemtext.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct region *region;

static void
set_up(void)
{
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
}

/* What the piece is read as, on a page at https://www.bao.example/tin/bai.html. */
static struct conversion
convert(const char *html, enum conversion_links links)
{
    const struct conversion_options options = { .title = SPAN("Mưa lớn ở Huế"),
                                                .base = SPAN(
                                                    "https://www.bao.example/tin/bai.html"),
                                                .links = links };
    struct conversion made;
    struct fault fault = { 0, "" };
    ck_assert_int_eq(conversion_of_fragment(span_of(html), &options, region, &made), STATUS_OK);
    ck_assert_msg(gemtext_check(made.body, 0, &fault) == STATUS_OK, "%zu: %s\n%.*s", fault.line,
                  fault.what, SPAN_ARG(made.body));
    return made;
}

static void
expect(struct span body, const char *gemtext)
{
    char *text = memory_text(body);
    ck_assert_str_eq(text, gemtext);
    free(text);
}

static const struct {
    const char *html, *gemtext;
} pieces[] = {
    /* Headings: the title is the page's; levels never skip one. */
    { "<h1>Mưa lớn ở Huế</h1><p>Nước lên.</p>", "Nước lên.\n" },
    { "<h1>MƯA LỚN Ở HUẾ</h1><h1>Bão số 6</h1><p>a</p>", "## Bão số 6\n\na\n" },
    { "<h2>Một</h2><h3>Hai</h3><h4>Ba</h4><h5>Bốn</h5>",
      "## Một\n\n### Hai\n\n### Ba\n\n### Bốn\n" },
    { "<h3>Một</h3><p>a</p><h3>Hai</h3><h2>Ba</h2><h3>Bốn</h3>",
      "## Một\n\na\n\n## Hai\n\n## Ba\n\n### Bốn\n" },
    { "<h2> <b></b> </h2><p>a</p>", "a\n" },
    { "<h2><a href='/a'>Một</a></h2><p>a</p>", "## Một\n=> https://www.bao.example/a Một\n\na\n" },
    { "<h2 class='sapo'>Nước lên nhanh</h2>", "Nước lên nhanh\n" },
    /* Paragraphs, and text in none. */
    { "<p>Một\n  dòng</p>\n<p>hai</p>", "Một dòng\n\nhai\n" },
    { "<div>Một<div>hai</div>ba</div>", "Một\n\nhai\n\nba\n" },
    { "Một <span>hai</span> <font>ba</font>", "Một hai ba\n" },
    { "<p></p><p>&nbsp;</p><p>a</p>", "a\n" },
    { "", "" },
    /* Broken lines: spaces, but in verse and addresses; two of them end a paragraph. */
    { "<p>Một<br>hai<br>\nba</p>", "Một hai ba\n" },
    { "<p>Một<br/><br/>hai</p>", "Một\n\nhai\n" },
    { "<address>Số 1 phố Đội Cấn<br>Hà Nội</address>", "Số 1 phố Đội Cấn\nHà Nội\n" },
    { "<div class='poem'>Trăng lên<br>Sông đầy</div>", "Trăng lên\nSông đầy\n" },
    { "<p>Mưa đêm qua mái<br>Gió sớm vào nhà<br>Người ngồi đợi nắng<br>Hoa nở ven sông</p>",
      "Mưa đêm qua mái\nGió sớm vào nhà\nNgười ngồi đợi nắng\nHoa nở ven sông\n" },
    { "<td>Nước sông Hương lên nhanh từ nửa đêm, ngập cả chợ Đông Ba.<br>Sáng nay mưa đã "
      "tạnh.</td>",
      "Nước sông Hương lên nhanh từ nửa đêm, ngập cả chợ Đông Ba.\n\nSáng nay mưa đã tạnh.\n" },
    /* Links stand below their paragraph, in order, each once. */
    { "<p>Xem <a href='/a'>tin</a> và <a href='b.html'>bài</a>.</p><p>Lại <a "
      "href='/a'>tin</a>.</p>",
      "Xem tin và bài.\n=> https://www.bao.example/a tin\n=> https://www.bao.example/tin/b.html "
      "bài\n"
      "\nLại tin.\n" },
    { "<p><a href='/a'>Một bài khác</a></p><p><a href='/b'><b>Hai</b></a> </p>",
      "=> https://www.bao.example/a Một bài khác\n=> https://www.bao.example/b Hai\n" },
    { "<p><a href='/a'>Một</a></p><p>x</p><p><a href='/a'>Lại nó</a></p>",
      "=> https://www.bao.example/a Một\n\nx\n\nLại nó\n" },
    { "<a href='/a'><div>Một</div><div>Hai</div></a>",
      "=> https://www.bao.example/a Một\n\nHai\n" },
    { "<p>Xem <a href='https://a.example/x'>tại đây</a></p>",
      "Xem tại đây\n=> https://a.example/x a.example\n" },
    { "<p>Xem <a href='https://a.example/x' title='Bản đồ lũ'>TẠI ĐÂY</a></p>",
      "Xem TẠI ĐÂY\n=> https://a.example/x Bản đồ lũ\n" },
    { "<p>Xem <a href='https://a.example/x'>https://a.example/x</a></p>",
      "Xem https://a.example/x\n=> https://a.example/x a.example\n" },
    { "<p>Nguồn: <a href='https://www.a.example/x/'>www.a.example/x</a></p>",
      "Nguồn: www.a.example/x\n=> https://www.a.example/x/ a.example\n" },
    { "<p>Viết cho <a href='mailto:ban@bao.example'>toà soạn</a></p>",
      "Viết cho toà soạn\n=> mailto:ban@bao.example toà soạn\n" },
    /* Links that tell nothing leave their words. */
    { "<p><a href='#a'>Mục lục</a> <a href='bai.html#b'>phần 2</a></p>", "Mục lục phần 2\n" },
    { "<p><a href='javascript:f()'>In</a> <a href=''>x</a> <a>y</a></p>", "In x y\n" },
    { "<p><a href='https://bao.example/'><b>Báo Mẫu</b></a> đưa tin</p>", "Báo Mẫu đưa tin\n" },
    { "<p><a href='https://f.example/sharer.php?u=https%3A%2F%2Fbao.example'>Gửi</a> đi</p>",
      "Gửi đi\n" },
    { "<p>a</p><div class='box-tags'><a href='/t1'>lũ</a>, <a href='/t2'>mưa</a></div>"
      "<ul class='social-share'><li><a href='/z'>Zalo</a></ul><nav><a href='/'>Về</a></nav>",
      "a\n" },
    { "<p>a <a href='/big.jpg'><img src='/small.jpg' alt='Cầu'></a></p>",
      "a\n\n=> https://www.bao.example/small.jpg Ảnh: Cầu (JPEG)\n" },
    /* Lists have one level. */
    { "<p>a</p><ul><li>Một</li><li><b>Hai</b></li></ul><p>b</p>", "a\n\n* Một\n* Hai\n\nb\n" },
    { "<ol><li>Một<li>Hai</ol>", "* 1. Một\n* 2. Hai\n" },
    { "<ol start='3'><li>Ba<li value='7'>Bảy<li>Tám</ol>", "* 3. Ba\n* 7. Bảy\n* 8. Tám\n" },
    { "<ul><li>Cha<ul><li>con<ol><li>cháu</ol></ul><li>Chú</ul>",
      "* Cha\n* – con\n* – – 1. cháu\n* Chú\n" },
    { "<ul><li><p>Một</p><p>vẫn một</p></li><li>Hai</li></ul>", "* Một\nvẫn một\n* Hai\n" },
    { "<ul><li>Xem <a href='/a'>đây là tin</a></li><li>Hai</li></ul><p>b</p>",
      "* Xem đây là tin\n* Hai\n=> https://www.bao.example/a đây là tin\n\nb\n" },
    { "<ul><li><a href='/a'>Một</a><li><a href='/b'>Hai</a></ul>",
      "=> https://www.bao.example/a Một\n=> https://www.bao.example/b Hai\n" },
    { "<ul><li>• Một<li>- Hai</ul>", "* Một\n* Hai\n" },
    { "<dl><dt>Lũ<dd>nước dâng<dt>Hạn<dd>nước cạn</dl>", "Lũ\n* nước dâng\nHạn\n* nước cạn\n" },
    { "<ul><li> </li><li>a</li></ul>", "* a\n" },
    /* Quotes: flat, with who said it. */
    { "<blockquote>Trời sắp sáng.</blockquote>", "> Trời sắp sáng.\n" },
    { "<blockquote><p>Một.</p><p>Hai.</p><footer>Bà Lan</footer></blockquote><p>a</p>",
      "> Một.\n> Hai.\n> — Bà Lan\n\na\n" },
    { "<blockquote>Một. <cite>– Bà Lan</cite></blockquote>", "> Một.\n> – Bà Lan\n" },
    { "<blockquote><h3>Đầu</h3><ul><li>a<li>b</ul><pre>x\ny</pre></blockquote>",
      "> Đầu\n> – a\n> – b\n> x\n> y\n" },
    { "<figure><blockquote>Một.</blockquote><figcaption>Bà Lan</figcaption></figure>",
      "> Một.\n> — Bà Lan\n" },
    { "<blockquote class='twitter-tweet'><p>Nước lên!</p>— Lan <a href='https://x.example/1'>24/11"
      "</a></blockquote>",
      "> Nước lên!\n> — Lan 24/11\n=> https://x.example/1 24/11\n" },
    { "<blockquote cite='https://x.example/2'>Nước lên!</blockquote>",
      "> Nước lên!\n=> https://x.example/2 x.example\n" },
    { "<p>a</p><div class='post' data-href='https://x.example/3'></div><p>b</p>",
      "a\n\n=> https://x.example/3 x.example\n\nb\n" },
    /* Listings keep their lines; none of them closes the block. */
    { "<pre><code class='language-c'>int a;\n\n  f();\n</code></pre>",
      "```c\nint a;\n\n  f();\n```\n" },
    { "<div class='highlight-source-sh'><pre>ls<br>cd</pre></div>", "```sh\nls\ncd\n```\n" },
    { "<pre>a&shy;b&#8203;c</pre>", "```\nabc\n```\n" },
    { "<pre>a\n``` b\n\tc</pre>", "```\na\n ``` b\n        c\n```\n" },
    { "<figure><pre>a</pre><figcaption>Một lệnh</figcaption></figure>", "```Một lệnh\na\n```\n" },
    { "<p>Gọi <code>ls -l</code> nhé</p>", "Gọi ls -l nhé\n" },
    { "<pre>  \n\n</pre><p>a</p>", "a\n" },
    /* Images, each once, with one caption. */
    { "<figure><img src='/a.jpg' alt='Cầu'><figcaption>Cầu Tràng Tiền. Ảnh: "
      "Lan</figcaption></figure>",
      "=> https://www.bao.example/a.jpg Ảnh: Cầu Tràng Tiền. Ảnh: Lan (JPEG)\n" },
    { "<figure><figcaption>Cầu</figcaption><img src='/a.png'></figure><p>a</p>",
      "=> https://www.bao.example/a.png Ảnh: Cầu (PNG)\n\na\n" },
    { "<img src='/a.webp' alt='Cầu'><p>Cầu</p><p>a</p>",
      "=> https://www.bao.example/a.webp Ảnh: Cầu (WebP)\n\na\n" },
    { "<table><tr><td><img src='/a.jpg'></td></tr><tr><td class='pCaption'>Cầu</td></tr></table>",
      "=> https://www.bao.example/a.jpg Ảnh: Cầu (JPEG)\n" },
    { "<div class='wp-caption'><img src='/a.jpg'><p class='wp-caption-text'>Cầu</p></div>",
      "=> https://www.bao.example/a.jpg Ảnh: Cầu (JPEG)\n" },
    { "<img src='/a' alt='IMG_01.jpg'>", "=> https://www.bao.example/a Ảnh\n" },
    { "<img src='/a.jpg'><img src='/a.jpg'><img src='/b.gif'>",
      "=> https://www.bao.example/a.jpg Ảnh (JPEG)\n=> https://www.bao.example/b.gif Ảnh (GIF)\n" },
    { "<img src='data:image/gif;base64,AA' data-src='/a.jpg' alt='x'>",
      "=> https://www.bao.example/a.jpg Ảnh: x (JPEG)\n" },
    { "<img src='/loading.gif' data-original='/a.jpg'>",
      "=> https://www.bao.example/a.jpg Ảnh (JPEG)\n" },
    { "<img src='/l.jpg' srcset='/s.jpg 320w, /m.jpg 800w,/l.jpg 1600w'>",
      "=> https://www.bao.example/m.jpg Ảnh (JPEG)\n" },
    { "<img src='data:x' srcset='/l.jpg 1600w, /xl.jpg 3200w'>",
      "=> https://www.bao.example/l.jpg Ảnh (JPEG)\n" },
    { "<picture><source srcset='/p.avif 640w'><img src='data:x' alt='x'></picture>",
      "=> https://www.bao.example/p.avif Ảnh: x (AVIF)\n" },
    { "<img src='data:x'><noscript>Bật script <img src='/a.jpg'></noscript>",
      "=> https://www.bao.example/a.jpg Ảnh (JPEG)\n" },
    { "<img src='/p.gif' width=1 height=1><img src='/s/spacer.gif'><img src='/e.png' class='emoji'>"
      "<img src='/i.png' height='32'><img src='data:image/png;base64,A'><img alt='x'>",
      "" },
    { "<p>Trước <img src='/a.jpg'> sau</p><p>b</p>",
      "Trước sau\n\n=> https://www.bao.example/a.jpg Ảnh (JPEG)\n\nb\n" },
    { "<figure><figcaption>Chỉ có chữ</figcaption></figure>", "Chỉ có chữ\n" },
    { "<figure><p>Một đoạn</p><ul><li>a</ul></figure>", "Một đoạn\n\n* a\n" },
    /* Films, frames, drawings. */
    { "<iframe src='https://v.example/embed/1' title='Lũ về'></iframe>",
      "=> https://v.example/embed/1 Video: Lũ về\n" },
    { "<video><source src='/v.mp4'></video>",
      "=> https://www.bao.example/v.mp4 Video: bao.example (MP4)\n" },
    { "<figure><video src='/v.mp4'></video><figcaption>Lũ về</figcaption></figure>",
      "=> https://www.bao.example/v.mp4 Video: Lũ về (MP4)\n" },
    { "<audio src='/n.mp3' title='Nghe'></audio>",
      "=> https://www.bao.example/n.mp3 Âm thanh: Nghe (MP3)\n" },
    { "<object data='/v'><embed src='/e'></object>",
      "=> https://www.bao.example/v Video: bao.example\n" },
    { "<iframe src='https://t.example/ns' width=0 height=0></iframe><iframe></iframe><p>a</p>",
      "a\n" },
    { "<iframe src='https://ads.example/x'></iframe><iframe src='https://w.example/'></iframe>"
      "<iframe class='banner-ad' src='https://w.example/b?c'></iframe>",
      "" },
    { "<p>a<svg><text>b</text></svg><math><mi>c</mi></math></p>", "a\n" },
    { "<script>a</script><style>b</style><p>c<button>d</button><!-- e --></p>", "c\n" },
    /* Within a line. */
    { "<p><b>a</b> <strong>b</strong> <em>c</em><i>d</i></p>", "a b cd\n" },
    { "<p>10<sup>2</sup> km<sup>2</sup> 1<sup>er</sup> CO<sub>2</sub></p>", "10^2 km^2 1er CO2\n" },
    { "<p>Như trên<sup><a href='#n1'>1</a></sup>.</p>", "Như trên[1].\n" },
    { "<p><abbr title='Ủy ban'>UB</abbr> nói <q>được</q></p>", "UB nói “được”\n" },
    { "<p>a<del>b</del><s>c</s><ins>d</ins></p>", "ad\n" },
    { "<p>a<span hidden>b</span><span aria-hidden='true'>c</span>"
      "<span style='color:red; DISPLAY : none'>d</span></p>",
      "a\n" },
    { "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>", "漢 (kan)\n" },
    /* White space, and what can't be seen. */
    { "<p>a&nbsp;&nbsp;b\tc &#8239;d</p>", "a b c d\n" },
    { "<p>thư&shy;viện a&#8203;b&#8206;c&#65279;</p>", "thưviện abc\n" },
    { "<p>a&#x202E;b&#x2066;c&#xE0041;</p>", "abc\n" },
    { "<p>a&#150;b &#147;c&#148;</p>", "a–b “c”\n" },
    { "<p>Tie&#x302;&#x301;ng Vie&#x323;&#x302;t</p>", "Tiếng Việt\n" },
    { "<p>a\x01\x7F"
      "b\xC2\x9B"
      "c</p>",
      "ab›c\n" },
};

START_TEST(a_construct_is_read_as_gemtext)
{
    expect(convert(pieces[_i].html, CONVERSION_LINKS_AFTER).body, pieces[_i].gemtext);
}
END_TEST

static const struct {
    const char *html, *gemtext;
} tables[] = {
    { "<table><caption>Mưa</caption><tr><th>Nơi</th><th>mm</th></tr><tr><td>Huế</td><td>120</td></"
      "tr>"
      "<tr><td>Đà Nẵng</td><td>85</td></tr></table>",
      "```Mưa\nNơi      mm\n-------  ---\nHuế      120\nĐà Nẵng  85\n```\n" },
    /* Combining marks take no column, wide characters two. */
    { "<table><tr><th>a<th>b</tr><tr><td>Hue&#x302;&#x301;<td>x</tr><tr><td>漢字<td>y</tr></table>",
      "```\na     b\n----  -\nHuế   x\n漢字  y\n```\n" },
    { "<table><tr><td>1<td>2</tr><tr><td colspan=2>3</tr><tr><td "
      "rowspan=2>4<td>5</tr><tr><td>6</tr>"
      "</table>",
      "```\n1  2\n3\n4  5\n   6\n```\n" },
    { "<table><tr><td>Huế<td>120</tr><tr><td><p>Vinh</p><td><p>85</p></tr></table>",
      "```\nHuế   120\nVinh  85\n```\n" },
    /* Wide ones: a list for each row. */
    { "<table><tr><th>Nơi<th>A<th>B<th>C<th>D<th>E</tr><tr><td>Huế<td>1<td><td>3<td>4<td>5</tr>"
      "<tr><td>Vinh<td>6<td>7<td>8<td>9<td>0</tr></table>",
      "* Nơi: Huế\n* A: 1\n* C: 3\n* D: 4\n* E: 5\n\n"
      "* Nơi: Vinh\n* A: 6\n* B: 7\n* C: 8\n* D: 9\n* E: 0\n" },
    { "<p>a</p><table><tr><th>Nơi</th><td>Thành phố bên dòng sông Hương, nơi mưa nhiều nhất "
      "nước, lũ về hai lần mỗi năm</td></tr>"
      "<tr><th>Mưa</th><td>3000 mm</td></tr></table>",
      "a\n\n* Nơi: Thành phố bên dòng sông Hương, nơi mưa nhiều nhất nước, lũ về hai lần mỗi "
      "năm\n* Mưa: 3000 mm\n" },
    /* Those that only put things side by side. */
    { "<table><tr><td>Một ô</td></tr></table>", "Một ô\n" },
    { "<table><tr><td><p>Một</p><p>Hai</p></td><td>Ba</td></tr><tr><td>a<td>b</tr></table>",
      "Một\n\nHai\n\nBa\n\na\n\nb\n" },
    { "<table><tr><td>a<td>b</tr><tr><td><figure><img src='/a.jpg'></figure><td>c</tr></table>",
      "a\n\nb\n\n=> https://www.bao.example/a.jpg Ảnh (JPEG)\n\nc\n" },
    { "<table role='presentation'><tr><td>a<td>b</tr><tr><td>c<td>d</tr></table>",
      "a\n\nb\n\nc\n\nd\n" },
    { "<table><tr><td><table><tr><th>a<th>b</tr><tr><td>1<td>2</tr></table></td><td>x</td></tr>"
      "<tr><td>y</td><td>z</td></tr></table>",
      "```\na  b\n-  -\n1  2\n```\n\nx\n\ny\n\nz\n" },
    { "<table><tr><th>a<th>b</tr><tr><td><a href='/x'>Xem bảng</a><td>2</tr></table><p>c</p>",
      "```\na         b\n--------  -\nXem bảng  2\n```\n=> https://www.bao.example/x Xem "
      "bảng\n\nc\n" },
};

START_TEST(a_table_is_read_as_columns_or_lists_or_not_at_all)
{
    expect(convert(tables[_i].html, CONVERSION_LINKS_AFTER).body, tables[_i].gemtext);
}
END_TEST

/* What comes from outside can't pass for another line, or lead elsewhere than it says. */
static const struct {
    const char *html, *gemtext;
} tricks[] = {
    { "<p>=> gemini://x.example Vào</p>", " => gemini://x.example Vào\n" },
    { "<p># Tên</p><p>## a</p><p>&gt; b</p><p>* c</p><p>```</p><p>*d*</p>",
      " # Tên\n\n ## a\n\n > b\n\n * c\n\n ```\n\n*d*\n" },
    { "<p>a&#10;=> gemini://x.example b</p>", "a => gemini://x.example b\n" },
    { "<p>a&#x2028;=> x b&#x85;# c&#11;* d&#12;> e</p>", "a => x b…# c* d> e\n" },
    { "<div class='poem'>=> x y<br># z</div>", " => x y\n # z\n" },
    { "<ul><li>a&#13;&#10;# b</ul>", "* a # b\n" },
    { "<blockquote>a&#10;```</blockquote>", "> a ```\n" },
    { "<h2>a&#10;# b</h2>", "## a # b\n" },
    { "<pre>```\n=> x\n# y</pre>", "```\n ```\n=> x\n# y\n```\n" },
    { "<pre>a&#x2028;b\x1B[31m</pre>", "```\na\xE2\x80\xA8"
                                       "b[31m\n```\n" },
    { "<p>x</p><table><tr><th>```<th>=> a</tr><tr><td># b<td>c</tr></table>",
      "x\n\n```\n ```  => a\n---  ----\n# b  c\n```\n" },
    { "<a href='https://e.example/ a\"b&#10;=> c'>d</a>",
      "=> https://e.example/%20a%22b=%3E%20c d\n" },
    { "<p><a href='data:text/html,a'>a</a> <a href='file:///etc/passwd'>b</a> <a "
      "href='ssh://h'>c</a>"
      " <a href='JaVaScript:f'>d</a> <a href='titan://h/x'>e</a></p>",
      "a b c d e\n" },
    { "<p>a <a href='gopher://g.example/1'>b</a> <a href='gemini://g.example/'>c</a></p>",
      "a b c\n=> gopher://g.example/1 b\n=> gemini://g.example/ c\n" },
    { "<a href='https://bank.example@e.example/'>Ngân hàng</a>", "Ngân hàng\n" },
    { "<a href='https://e.example/'>https://bank.example/login</a>",
      "=> https://e.example/ e.example\n" },
    { "<a href='https://e.example/'>bank.example</a>", "=> https://e.example/ e.example\n" },
    { "<a href='https://e.example/'>Vào www.bank.example ngay</a>",
      "=> https://e.example/ e.example\n" },
    { "<a href='https://m.bank.example/a'>bank.example</a>",
      "=> https://m.bank.example/a bank.example\n" },
    { "<a href='https://e.example/a'>TP.HCM</a>", "=> https://e.example/a TP.HCM\n" },
    { "<a href='https://e.example/'>2024-07-01 Tin giả</a>",
      "=> https://e.example/ – 2024-07-01 Tin giả\n" },
    { "<a href='https://e.example/'>a&#x202E;b&#10;c</a>", "=> https://e.example/ ab c\n" },
    { "<a href='https://e.example/'>&#8203;</a><p>a</p>", "a\n" },
    { "<img src='/a.jpg' alt='2024-07-01&#10;=> x'>",
      "=> https://www.bao.example/a.jpg Ảnh: 2024-07-01 => x (JPEG)\n" },
    { "<a href='https://e.example:99999/'>a</a> <a href='http://'>b</a>", "a b\n" },
    { "<a href='\\\\e.example\\a'>Tệp</a>", "=> https://e.example/a Tệp\n" },
    { "<a href='../../../../x'>Lên</a>", "=> https://www.bao.example/x Lên\n" },
    { "<a href='//e.example/x#y'>Mục y</a>", "=> https://e.example/x#y Mục y\n" },
    { "<a href='/tìm?q=lũ [1]'>Tìm</a>",
      "=> https://www.bao.example/t%C3%ACm?q=l%C5%A9%20%5B1%5D Tìm\n" },
};

START_TEST(nothing_from_outside_passes_for_more_than_it_is)
{
    expect(convert(tricks[_i].html, CONVERSION_LINKS_AFTER).body, tricks[_i].gemtext);
}
END_TEST

START_TEST(links_may_stand_at_the_end_or_nowhere)
{
    static const char page[] = "<p>Xem <a href='/a'>tin</a> và <a href='/b'>bài</a>.</p>"
                               "<p><a href='/a'>Lại nó</a></p>";
    expect(convert(page, CONVERSION_LINKS_END).body,
           "Xem tin [1] và bài [2].\n\nLại nó [1]\n\n=> https://www.bao.example/a [1] tin\n"
           "=> https://www.bao.example/b [2] bài\n");
    expect(convert(page, CONVERSION_LINKS_NONE).body, "Xem tin và bài.\n\nLại nó\n");
}
END_TEST

START_TEST(a_label_is_no_longer_than_a_line)
{
    struct buffer html = BUFFER_EMPTY;
    buffer_add_text(&html, "<p>a <a href='https://e.example/'>");
    for (int i = 0; i < 300; i++)
        buffer_add_text(&html, "mưa ");
    buffer_add_text(&html, "</a></p>");
    struct gemtext walk = gemtext_walk(convert(buffer_text(&html), CONVERSION_LINKS_AFTER).body);
    struct gemline line;
    ck_assert(gemtext_next(&walk, &line) && gemtext_next(&walk, &line));
    ck_assert_int_eq(line.kind, GEMLINE_LINK);
    ck_assert_uint_le(line.text.len, 200 * 3);
    ck_assert(span_ends(line.text, SPAN("mưa…")));
    buffer_fini(&html);
}
END_TEST

START_TEST(a_long_caption_is_all_there)
{
    struct buffer html = BUFFER_EMPTY;
    buffer_add_text(&html, "<figure><img src='/a.jpg'><figcaption>");
    for (int i = 0; i < 100; i++)
        buffer_printf(&html, "mưa%d ", i);
    buffer_add_text(&html, "</figcaption></figure>");
    struct span body = convert(buffer_text(&html), CONVERSION_LINKS_AFTER).body;
    size_t at;
    ck_assert(span_find(body, SPAN("…"), &at));
    ck_assert(span_ends(body, SPAN("mưa98 mưa99\n")));
    buffer_fini(&html);
}
END_TEST

START_TEST(without_an_address_only_whole_links_count)
{
    const struct conversion_options options = { .lang = SPAN("en-GB") };
    struct conversion made;
    ck_assert_int_eq(
        conversion_of_fragment(SPAN("<p>a <a href='/b'>b</a> <a href='https://c.example/'>c"
                                    "</a><img src='https://c.example/d.png' alt='d'></p>"),
                               &options, region, &made),
        STATUS_OK);
    expect(made.body,
           "a b c\n=> https://c.example/ c\n\n=> https://c.example/d.png Image: d (PNG)\n");
}
END_TEST

START_TEST(its_text_is_told_apart)
{
    struct conversion made = convert("<h2>Đầu</h2><p>Một <a href='/a'>hai</a>.</p><ul><li>Ba</ul>"
                                     "<img src='/a.jpg' alt='x'>",
                                     CONVERSION_LINKS_AFTER);
    ck_assert_uint_eq(made.paragraphs.count, 2);
    expect(made.paragraphs.at[0], "Một hai.");
    expect(made.paragraphs.at[1], "Ba");
    ck_assert_uint_eq(made.link_count, 2);
    ck_assert(!made.cut);
}
END_TEST

/* Appends `times` copies. */
static void
repeat(struct buffer *html, const char *piece, int times)
{
    for (int i = 0; i < times; i++)
        buffer_add_text(html, piece);
}

static const struct {
    const char *front, *piece, *back;
    int times;
} floods[] = {
    { "", "<div>", "Sâu", 100000 },
    { "", "<blockquote>", "Sâu", 100000 },
    { "", "<ul><li>", "Sâu", 50000 },
    { "", "<table><tr><td>", "Sâu", 30000 },
    { "", "<table><tr><th>a<th>b<tr><td>", "Sâu", 20000 },
    { "<table>", "<tr><td>a<td>b", "", 20000 },
    { "<table><tr>", "<td>a", "", 20000 },
    { "<table><tr><td rowspan=65000 colspan=65000>a", "<tr><td>b", "", 2000 },
    { "", "<figure><img src='/a.jpg'>", "", 20000 },
    { "<p>", "<a href='/a'>a", "", 50000 },
    { "<p>", "mưa ", "", 1000000 },
    { "", "<p>mưa rơi ngoài phố</p>", "", 100000 },
    { "<p>", "a<br>", "", 200000 },
    { "<div>", "Nước lên nhanh từ nửa đêm, ngập cả chợ Đông Ba, rồi rút.<br>", "", 20000 },
    { "<ol>", "<li value=99999>a", "", 50000 },
    { "<img srcset='", "/a 100w,", "'>", 100000 },
};

START_TEST(a_flood_stays_within_bounds)
{
    struct buffer html = BUFFER_EMPTY;
    buffer_add_text(&html, floods[_i].front);
    repeat(&html, floods[_i].piece, floods[_i].times);
    buffer_add_text(&html, floods[_i].back);
    struct conversion made = convert(buffer_text(&html), CONVERSION_LINKS_AFTER);
    ck_assert_uint_le(made.body.len, CONVERSION_BYTES_MAX);
    ck_assert_uint_le(made.link_count, CONVERSION_LINKS_MAX);
    buffer_fini(&html);
}
END_TEST

START_TEST(what_does_not_fit_is_cut_at_a_line)
{
    const struct conversion_options options = { .most = 40 };
    struct conversion made;
    ck_assert_int_eq(
        conversion_of_fragment(SPAN("<p>Đoạn thứ nhất.</p><p>Đoạn thứ hai.</p><p>Ba.</p>"),
                               &options, region, &made),
        STATUS_OK);
    expect(made.body, "Đoạn thứ nhất.\n");
    ck_assert(made.cut);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("conversion");
    TCase *tests = tcase_create("conversion");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_construct_is_read_as_gemtext, 0, COUNT(pieces));
    tcase_add_loop_test(tests, a_table_is_read_as_columns_or_lists_or_not_at_all, 0, COUNT(tables));
    tcase_add_loop_test(tests, nothing_from_outside_passes_for_more_than_it_is, 0, COUNT(tricks));
    tcase_add_test(tests, links_may_stand_at_the_end_or_nowhere);
    tcase_add_test(tests, a_label_is_no_longer_than_a_line);
    tcase_add_test(tests, a_long_caption_is_all_there);
    tcase_add_test(tests, without_an_address_only_whole_links_count);
    tcase_add_test(tests, its_text_is_told_apart);
    tcase_add_test(tests, what_does_not_fit_is_cut_at_a_line);
    suite_add_tcase(suite, tests);
    TCase *many = tcase_create("floods");
    tcase_add_checked_fixture(many, set_up, tear_down);
    tcase_set_tags(many, "no-valgrind"); /* which drowns in them */
    tcase_add_loop_test(many, a_flood_stays_within_bounds, 0, COUNT(floods));
    suite_add_tcase(suite, many);
    return testing_run(suite);
}

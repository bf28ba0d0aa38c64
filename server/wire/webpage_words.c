/* SPDX-License-Identifier: ISC */
#include "wire/webpage_parts.h"

#include <string.h>

/* One word, or two run together ("related-posts"), in small letters. */
static const struct group {
    unsigned word;
    const char *texts;
} groups[] = {
    { WORD_ARTICLE,
      "articlebody articlecontent articlecopy articledetail articlemain "
      "articleparagraphs articlesection articletext baiviet blogcontent blogpost "
      "bodyarticle bodycontent bodycopy bodydetail bodyhtml bodytext chitiet chitiettin "
      "cmsbody contentarticle contentbody contentdetail contentdetails contentnews "
      "detailbody detailcontent edtcontent entrybody entrycontent fckdetail fulltext "
      "hentry hnews knccontent mainbody maincontent newsbody newscontent newsdetail "
      "newstext noidung noidungbaiviet pagecontent postbody postcontent postfulltext "
      "posttext richtext singlecontent singularcontent storybody storycontent storycopy "
      "storytext textcontent thecontent" },
    { WORD_CONTENT, "article articles blog body column content contents copy detail details entry "
                    "inner main news page post prose single story text" },
    { WORD_COMMENT,
      "binhluan comment commentary commentform commentlist comments coral discuss "
      "discussion disqus fbcomments feedback idcomment livefyre replies reply replybox "
      "respond reviews spotim viafoura ykien ykienbandoc" },
    { WORD_SHARE,
      "addthis addtoany bookmark chiase emailthis facebook fblike flipboard follow "
      "followers followus likebox pinit pinterest print printbtn reaction reactions "
      "save saved share sharebar sharebuttons sharedaddy shareicons sharelinks shares "
      "sharethis sharetools sharing social socialbar socialicons sociallinks "
      "socialmedia socials socialshare tiktok tool toolbar tools tweet utility whatsapp "
      "zalo" },
    { WORD_RELATED,
      "adjacent alsolike alsoread boxtinlienquan crosslink crosslinks cungchuyenmuc "
      "docnhieu docthem dontmiss further hottopics infinite jetpackrelated "
      "jprelatedpost jprelatedposts keepreading latest latestnews lienquan linkbox lq "
      "mgid mightlike morefrom morenews moreon morestories mostpopular mostread "
      "mostviewed newsother nextarticle nextpost nextstory nextup ocrelated oldernews "
      "onward othernew othernews otherposts outbrain popular postnavigation "
      "previouspost prevpost promobox rail readalso readmore readnext recirc "
      "recirculation recommend recommendation recommendations recommended recommends "
      "related relatedarticles relatedcontent relatedlinks relatednews relatednewsbox "
      "relatedposts relateds relatedstories revcontent seealso similar spotlight "
      "suggested suggestions taboola teaser teasers tinbailienquan tincungchuyenmuc "
      "tindocnhieu tinkhac tinlienquan tinlq tinmoi topstories trending upnext xemthem "
      "yarpp youmaylike zergnet" },
    { WORD_ADVERT,
      "ad adbanner adblock adbox adcontainer ads adsbygoogle adsense adslot adunit adv "
      "advert advertisement advertisements advertising advertorial adverts adwrap "
      "adwrapper affiliate banner banners boxad commercial dfp dianomi googlead "
      "googleads gpt gptad leaderboard mpu nativead promoted qc quangcao sponsor "
      "sponsored sponsors sponsorship" },
    { WORD_NAVIGATION,
      "backtotop breadcrumb breadcrumbs chuyenmuc colophon crumb crumbs foot footer "
      "footnav globalnav hotbar jumpto leftrail login mainmenu masthead menu menus nav "
      "navbar navigation pagelinks pager paginate pagination paging rightcol "
      "rightcolumn rightrail search searchbox searchform sidebar sidenav signin sitenav "
      "skip skiplink skiplinks submenu subnav tableofcontents ticker toc topbar topnav "
      "totop userbar widget widgetarea widgets" },
    { WORD_BYLINE,
      "articleinfo articlemeta byline bylineinfo bylines credits date dateline datetime "
      "entrydate entrymeta eyebrow infonews kicker lastupdated meta metadata modified "
      "newsinfo ngaydang postdate posted postedby postedon postinfo postmeta postviews "
      "pubdate publishdate published readingtime readtime storymeta thoigian time "
      "timeread timestamp updated viewcount views" },
    { WORD_AUTHOR, "aboutauthor aboutauthors articleauthor author authorbio authorbox authorinfo "
                   "authormail authorname authorprofile authors bio biography contributor "
                   "contributors nguon postauthor tacgia vcard writer" },
    { WORD_TAGS, "categories category catlinks filedunder hashtags keyword keywords labels "
                 "postcategories tag tagcloud taglist tags tagslinks taxonomies taxonomy topic "
                 "topics tukhoa" },
    { WORD_CAPTION, "caption captions captiontext chuthich chuthichanh copyright credit credits "
                    "cutline figcaption figurecaption gallerycaption imagecaption imagecopyright "
                    "imagecredit imagetitle imgalt imgcaption imgdesc mediacaption mediacredit "
                    "photocaption photocopyright photocredit photodesc picdesc picturecaption "
                    "videocaption wpcaption wpcaptiontext" },
    { WORD_PROMOTION,
      "app appstore calltoaction coupon coupons cta donate donation downloadapp "
      "emailcapture emailsignup giveaway hubspot inquiry leadgen mailchimp mailinglist "
      "marketing mc4wp membership newsletter newsletters newslettersignup offer offers "
      "optin poll poptin promo promos promotion promotional promotions quiz register "
      "signup subscribe subscribebox subscriber subscribers subscription subscriptions "
      "sumome survey trial" },
    { WORD_HIDDEN,
      "a11y accessibility alert alerts assistive ccpa consent cookie cookiebanner "
      "cookies dialog disclaimer disclaimers disclosure displaynone dnone "
      "elementinvisible forprint gdpr hidden hiddentext hide invisible lightbox loading "
      "modal modals noprint offleft offscreen onlyprint overlay placeholder popover "
      "popup popups printonly screenreader screenreadertext skeleton spinner sr sronly "
      "tooltip tooltips visuallyhidden visuallyhide" },
    { WORD_LEAD, "abstract articledescription articlelead articlesummary chapeau deck dek "
                 "description excerpt hometext intro lead leadpost leadtext lede motadau newslead "
                 "sapo sapodetail standfirst subhead subheadline subtitle summary teasertext "
                 "tomtat" },
    { WORD_TITLE, "articleheadline articletitle detailtitle entrytitle heading headline "
                  "headlinetext pagetitle posttitle storytitle tieude title titledetail titlenews "
                  "titlenewsdetail" },
    { WORD_PAYWALL, "barrier gateway locked meter paywall paywallbox paywalled piano premium "
                    "premiumcontent regwall snippetpromotion subscriberonly tponboarding" },
    { WORD_GALLERY, "audio carousel carousels filmstrip flexslider galleries gallery jumbotron "
                    "jwplayer lightgallery mediagallery owlcarousel photogallery player playlist "
                    "podcast slick slide slider slides slideshow slideshows swiper thumb thumbnail "
                    "thumbnails thumbs video videoplayer videos" },
    { WORD_QUOTE, "pull pulledquote pullquote pullquotes" },
};

enum { WORD_BYTES = 32, SLOTS = 2048 }; /* a power of two, and some times as many as words */

struct class_words {
    struct {
        struct span text;
        unsigned word;
    } slots[SLOTS];
};

static uint32_t
slot_of(struct span text)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * 16777619U;
    return hash ^ hash >> 15;
}

/* The slot that has the text, or would. */
static size_t
find_slot(const struct class_words *words, struct span text)
{
    size_t i = slot_of(text) % SLOTS;
    while (words->slots[i].word != 0 && !span_equal(words->slots[i].text, text))
        i = (i + 1) % SLOTS;
    return i;
}

const struct class_words *
class_words_known(void)
{
    static struct class_words book, *words;
    if (words != NULL)
        return words;
    words = &book;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        for (struct span rest = span_of(groups[i].texts); rest.at != NULL;) {
            struct span text = span_cut(&rest, ' ');
            size_t slot = find_slot(words, text);
            words->slots[slot].text = text;
            words->slots[slot].word |= groups[i].word;
        }
    return words;
}

static unsigned
look_up(const struct class_words *words, const char *text, size_t len)
{
    return words->slots[find_slot(words, (struct span){ text, len })].word;
}

static bool
is_upper(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static bool
is_word(char byte)
{
    return is_upper(byte) || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

/* Takes the next word off *rest, in small letters: "storyBody" and "story-body" are two. Its
 * length; 0: there is none left. *far: a space stood before it, so that it begins a name. */
static size_t
take_word(struct span *rest, char into[WORD_BYTES], bool *far)
{
    size_t len = 0, at = 0;
    *far = false;
    while (at < rest->len && !is_word(rest->at[at])) {
        *far = *far || rest->at[at] == ' ';
        at++;
    }
    *rest = span_skip(*rest, at);
    for (at = 0; at < rest->len && is_word(rest->at[at]); at++) {
        char byte = rest->at[at];
        if (at > 0 && is_upper(byte) && !is_upper(rest->at[at - 1]))
            break;
        if (len < WORD_BYTES)
            into[len++] = is_upper(byte) ? (char)(byte + 'a' - 'A') : byte;
    }
    *rest = span_skip(*rest, at);
    return len;
}

/* What is hidden has a class of its own to say so: "field-label-hidden" hides a label. */
static unsigned
count_word(unsigned word, bool alone)
{
    return alone ? word : word & ~(unsigned)WORD_HIDDEN;
}

unsigned
class_words_of(const struct class_words *words, struct span classes)
{
    char pair[2 * WORD_BYTES], word[WORD_BYTES]; /* the one before, and it behind */
    size_t before = 0, len;
    unsigned found = 0;
    bool far, first = true, opens = true; /* the one before begins a class */
    while ((len = take_word(&classes, word, &far)) > 0) {
        bool ends = classes.len == 0 || classes.at[0] == ' ';
        bool begins = far || first;
        found |= count_word(look_up(words, word, len), begins && ends);
        memcpy(pair + before, word, len);
        if (!begins)
            found |= count_word(look_up(words, pair, before + len), opens && ends);
        memcpy(pair, word, len);
        before = len;
        opens = begins;
        first = false;
    }
    return found;
}

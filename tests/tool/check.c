/* SPDX-License-Identifier: ISC */
/* songtu check: whatever is wrong is told once, with the file and the line to mend. */
#include "testing.h"
#include "tooling.h"

#include "net/certificate.h"

#include <ftw.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CITY "- slug: ha-noi\n  name: {vi: Hà Nội}\n"
#define THEME "- slug: thi-dua\n  name: {vi: Thi đua}\n"

static void
set_up(void)
{
    tooling_set_up();
    content_write("cities.yaml", CITY);
    content_write("themes.yaml", THEME);
    content_write("pages/about.gmi", "---\ntitle: Giới thiệu\n---\n=> /city/ Tỉnh\n");
    content_write("stories/2024/mot.gmi",
                  "---\ntitle: Một\ndate: 2024\ncities: [ha-noi]\nthemes: [thi-dua]\n---\nMột.\n");
}

/* Runs it and expects just these lines on stderr, each below the content folder. */
static void
expect(int status, const char *const *lines, size_t count)
{
    char wanted[8192] = "";
    struct told told = tool("check", NULL);
    for (size_t i = 0, len = 0; i < count; i++)
        len += (size_t)snprintf(wanted + len, sizeof wanted - len, "%s%s%s\n",
                                lines[i][0] == '/' ? "" : tooling_options.content,
                                lines[i][0] == '/' ? "" : "/", lines[i]);
    ck_assert_str_eq(told.err, wanted);
    ck_assert_int_eq(told.status, status);
}

#define EXPECT(status, ...)                                       \
    do {                                                          \
        static const char *const lines_[] = { __VA_ARGS__ };      \
        expect((status), lines_, sizeof lines_ / sizeof *lines_); \
    } while (0)

static void
expect_fine(void)
{
    expect(0, NULL, 0);
}

START_TEST(a_good_capsule_is_fine)
{
    struct told told = tool("check", NULL);
    ck_assert_str_eq(told.err, "");
    ck_assert_int_eq(told.status, 0);
    ck_assert_ptr_nonnull(strstr(told.out, "settings     no file: defaults and options\n"));
    ck_assert_ptr_nonnull(strstr(told.out, "certificate  none yet: songtud makes "));
    ck_assert_ptr_nonnull(strstr(told.out, "1 story, 1 page by hand, 1 link in them, "));
    ck_assert_ptr_nonnull(strstr(told.out, " addresses asked: 0 faults, 0 hints\n"));
    tooling_options.settings_path = "songtu.yaml";
    ck_assert_ptr_nonnull(strstr(tool("check", NULL).out, "settings     songtu.yaml\n"));
}
END_TEST

START_TEST(a_link_that_leads_nowhere_is_told_with_its_line_in_the_file)
{
    content_write("stories/2024/hai.gmi", "---\ntitle: Hai\ndate: 2024\nlang: vi\n---\n\nMột.\n"
                                          "=> /story/khong-co Không có\n"
                                          "```\n=> /story/cung-khong Trong khối\n```\n"
                                          "=> mot Tin một\n"
                                          "=> ba Tin ba\n"
                                          "=> gemini://example.org/city/hue Huế\n"
                                          "=> GEMINI://WWW.example.org.:1965/b B\n"
                                          "=> /files/x.png Ảnh\n"
                                          "=> gemini://me@example.org/ Tôi\n");
    content_write("pages/about.gmi", "---\ntitle: Giới thiệu\n---\n=> story/khong-co X\n");
    EXPECT(1, "pages/about.gmi:4: story/khong-co answers 51: there is no such page",
           "stories/2024/hai.gmi:8: /story/khong-co answers 51: there is no such page",
           "stories/2024/hai.gmi:13: ba answers 51: there is no such page",
           "stories/2024/hai.gmi:14: gemini://example.org/city/hue answers 51: there is no such "
           "page",
           "stories/2024/hai.gmi:15: GEMINI://WWW.example.org.:1965/b answers 51: there is no such "
           "page",
           "stories/2024/hai.gmi:16: /files/x.png answers 51: there is no such page",
           "stories/2024/hai.gmi:17: gemini://me@example.org/ answers 59: that is no address one "
           "can ask for");
}
END_TEST

/* It stands behind every other one, and no list tells why. */
START_TEST(a_story_of_no_time_at_all_is_a_hint)
{
    content_write("stories/2024/hai.gmi", "---\ntitle: Hai\n---\nHai.\n");
    content_write("stories/2024/ba.gmi", "---\ntitle: Ba\nadded: 2024-07-12\n---\nBa.\n");
    content_write("stories/2024/bon.gmi", "---\ntitle: Bốn\nstate: draft\n---\nBốn.\n");
    EXPECT(0, "stories/2024/hai.gmi:2: hint: without `date` and `added` it stands behind all "
              "others: add `added: 2024-07-12`, the day it came in");
}
END_TEST

START_TEST(links_to_others_are_theirs)
{
    content_write("stories/2024/hai.gmi", "---\ntitle: Hai\ndate: 2024\n---\n"
                                          "=> gemini://other.example/nope A\n"
                                          "=> gemini://example.org:1966/nope B\n"
                                          "=> https://example.org/nope C\n"
                                          "=> gopher://example.org/nope D\n"
                                          "=> //other.example/nope E\n"
                                          "=> mailto:a@example.org F\n"
                                          "=> mot#phan-2 G\n"
                                          "=> ?tim H\n");
    expect_fine();
}
END_TEST

START_TEST(the_port_readers_see_is_ours)
{
    tooling_options.port = 1966;
    content_write("stories/2024/hai.gmi", "---\ntitle: Hai\ndate: 2024\n---\n"
                                          "=> gemini://example.org/nope A\n"
                                          "=> gemini://example.org:1966/nope B\n");
    EXPECT(1, "stories/2024/hai.gmi:6: gemini://example.org:1966/nope answers 51: there is no such "
              "page");
}
END_TEST

START_TEST(what_moved_is_a_hint_that_tells_the_new_address)
{
    content_write("moved.yaml", "cu: mot\n");
    content_write("stories/2024/hai.gmi", "---\ntitle: Hai\ndate: 2024\naliases: [hai-cu]\n---\n"
                                          "=> cu Tin\n=> /city Tỉnh\n=> hai-cu Hai\n");
    EXPECT(0, "stories/2024/hai.gmi:6: hint: cu has moved: write /story/mot",
           "stories/2024/hai.gmi:7: hint: /city has moved: write /city/",
           "stories/2024/hai.gmi:8: hint: hai-cu has moved: write /story/hai");
}
END_TEST

START_TEST(what_is_gone_and_what_is_not_served_are_faults)
{
    content_write("moved.yaml", "cu: gone\n");
    content_write("stories/2024/hai.gmi",
                  "---\ntitle: Hai\ndate: 2024\nstate: withdrawn\n---\nHai.\n");
    content_write("stories/2024/ba.gmi",
                  "---\ntitle: Ba\ndate: 2024\nstate: draft\n---\n=> nope X\n");
    content_write("stories/2024/bon.gmi", "---\ntitle: Bốn\ndate: 2999\n---\n=> cu X\n=> hai X\n");
    content_write("stories/2024/nam.gmi", "---\ntitle: Năm\ndate: 2024\n---\n=> ba X\n=> bon X\n");
    EXPECT(1, "stories/2024/ba.gmi:6: nope answers 51: there is no such page",
           "stories/2024/bon.gmi:5: cu answers 52: what was there is gone",
           "stories/2024/bon.gmi:6: hai answers 52: what was there is gone",
           "stories/2024/nam.gmi:5: ba answers 51: there is no such page",
           "stories/2024/nam.gmi:6: bon answers 51: there is no such page");
}
END_TEST

START_TEST(every_unknown_term_and_related_slug_is_told)
{
    content_write("moved.yaml", "cu: mot\n");
    content_write("stories/2024/hai.gmi",
                  "---\ntitle: Hai\ndate: 2024\ncities: [hue, ha-noi, vinh]\n"
                  "themes: [am-nhac]\nrelated: [mot, cu, khong-co]\n---\n");
    EXPECT(1, "stories/2024/hai.gmi:4: no city is called `hue`: add it to cities.yaml",
           "stories/2024/hai.gmi:4: no city is called `vinh`: add it to cities.yaml",
           "stories/2024/hai.gmi:5: no theme is called `am-nhac`: add it to themes.yaml",
           "stories/2024/hai.gmi:6: hint: `cu` has moved: write mot",
           "stories/2024/hai.gmi:6: no story that is served is called `khong-co`");
}
END_TEST

START_TEST(a_file_that_is_no_story_is_told_and_the_others_are_looked_at)
{
    content_write("stories/2024/hai.gmi", "---\ntitel: Hai\n---\n");
    content_write("stories/2024/ba.gmi", "---\ntitle: Ba\ndate: 2024\n---\n=> nope X\n");
    content_write("stories/2025/mot.gmi", "---\ntitle: Một\ndate: 2024\n---\n");
    content_write("pages/x.gmi", "no front matter\n");
    struct told told = tool("check", NULL);
    ck_assert_int_eq(told.status, 1);
    ck_assert_ptr_nonnull(strstr(told.err, "stories/2024/hai.gmi:2: unknown key `titel`"));
    ck_assert_ptr_nonnull(strstr(told.err, "stories/2024/ba.gmi:5: nope answers 51"));
    ck_assert_ptr_nonnull(strstr(told.err, "stories/2025/mot.gmi:1: stories/2024/mot.gmi has the "
                                           "same slug"));
    ck_assert_ptr_nonnull(strstr(told.err, "pages/x.gmi:1: "));
    ck_assert_ptr_nonnull(strstr(told.out, ": 4 faults, 0 hints\n"));
}
END_TEST

START_TEST(a_move_that_leads_nowhere_is_a_fault)
{
    content_write("moved.yaml", "# old slug: new slug, or gone\na: mot\nb: khong-co\nc: gone\n"
                                "d: a\nmot: gone\ne: e\nf: ../x\n");
    content_write("stories/2024/hai.gmi", "---\ntitle: Hai\ndate: 2024\n---\nHai.\n");
    struct told told = tool("check", NULL);
    ck_assert_int_eq(told.status, 1);
    ck_assert_ptr_null(strstr(told.err, "moved.yaml:2:"));
    ck_assert_ptr_nonnull(strstr(told.err, "moved.yaml:3: `b` leads to `khong-co`, and no story "));
    ck_assert_ptr_null(strstr(told.err, "moved.yaml:4:"));
    ck_assert_ptr_null(strstr(told.err, "moved.yaml:5:"));
    ck_assert_ptr_nonnull(strstr(told.err, "moved.yaml:7: `e` leads nowhere"));
    ck_assert_ptr_nonnull(strstr(told.err, "moved.yaml:8: `f` leads nowhere"));
}
END_TEST

START_TEST(a_story_that_is_gone_for_good_is_fine)
{
    content_write("moved.yaml", "cu: gone\n");
    expect_fine();
    content_write("moved.yaml", "mot: gone\n");
    EXPECT(0, "moved.yaml:1: hint: a story is called `mot` again: this line does nothing");
}
END_TEST

START_TEST(a_move_from_a_story_that_is_there_is_a_hint)
{
    content_write("moved.yaml", "mot: hai\n");
    content_write("stories/2024/hai.gmi", "---\ntitle: Hai\ndate: 2024\n---\nHai.\n");
    EXPECT(0, "moved.yaml:1: hint: a story is called `mot` again: this line does nothing");
}
END_TEST

START_TEST(faulty_taxonomies_and_labels_are_told_with_their_line)
{
    content_write("labels.yaml", "vi:\n  masthaed: X\n");
    EXPECT(1, "labels.yaml:2: no label is called `masthaed`");
    content_write("labels.yaml", "");
    content_write("cities.yaml", CITY CITY);
    struct told told = tool("check", NULL);
    ck_assert_int_eq(told.status, 1);
    ck_assert_ptr_nonnull(strstr(told.err, "content/cities.yaml:3: "));
    ck_assert_ptr_nonnull(strstr(told.out, "no link was followed: 1 fault, 0 hints\n"));
    content_write("cities.yaml", CITY);
    content_write("moved.yaml", "[a, b]\n");
    ck_assert_ptr_nonnull(strstr(tool("check", NULL).err, "content/moved.yaml:1: "));
}
END_TEST

START_TEST(a_file_of_no_known_type_is_a_hint)
{
    content_write("files/a.xyz", "x");
    content_write("files/b.txt", "x");
    content_write("stories/2024/hai.gmi", "---\ntitle: Hai\ndate: 2024\n---\n=> /files/a.xyz A\n"
                                          "=> /files/b.txt B\n");
    EXPECT(0, "stories/2024/hai.gmi:5: hint: /files/a.xyz is of no known type: readers get it as "
              "application/octet-stream");
}
END_TEST

START_TEST(a_page_whose_address_is_taken_or_none_is_told)
{
    content_write("pages/city.gmi", "---\ntitle: Phố\n---\n");
    content_write("pages/Hai Ba.gmi", "---\ntitle: Hai Ba\n---\n");
    EXPECT(1, "pages/Hai Ba.gmi:1: `Hai Ba` is no slug: name the file in a-z, 0-9 and hyphens",
           "pages/city.gmi:1: /city is an address of the capsule's own: name the file otherwise");
}
END_TEST

static int counted;
static unsigned long long sum;

static int
add_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)kind, (void)where;
    counted++;
    for (const char *at = path; *at != '\0'; at++)
        sum = sum * 31 + (unsigned char)*at;
    sum = sum * 31 + (unsigned long long)(facts->st_mtim.tv_nsec + facts->st_ctim.tv_nsec);
    return 0;
}

static unsigned long long
sum_of(const char *folder)
{
    counted = 0;
    sum = 0;
    ck_assert_int_eq(nftw(folder, add_one, 8, FTW_PHYS), 0);
    return sum;
}

START_TEST(nothing_is_changed_and_nothing_is_left)
{
    char scratch[4096];
    snprintf(scratch, sizeof scratch, "%s/scratch", tooling_folder);
    ck_assert_int_eq(mkdir(scratch, 0700), 0);
    const char *own = getenv("TMPDIR");
    char *before = own != NULL ? strdup(own) : NULL;
    setenv("TMPDIR", scratch, 1);
    TOOL_ENDS(0, "index");
    content_write("stories/2024/hai.gmi", "---\ntitle: Hai\ndate: 2024\n---\n=> nope X\n");
    char gone[4096];
    snprintf(gone, sizeof gone, "%s/stories/2024/mot.gmi", tooling_options.content);
    ck_assert_int_eq(unlink(gone), 0); /* the next round of the index would note it */
    unsigned long long content = sum_of(tooling_options.content),
                       state = sum_of(tooling_options.state);
    TOOL_ENDS(1, "check");
    ck_assert(sum_of(tooling_options.content) == content);
    ck_assert(sum_of(tooling_options.state) == state);
    sum_of(scratch);
    ck_assert_int_eq(counted, 1);
    ck_assert_ptr_null(content_read("moved.yaml"));
    if (before != NULL) /* where tests do not fork, there are others behind */
        setenv("TMPDIR", before, 1);
    else
        unsetenv("TMPDIR");
    free(before);
}
END_TEST

static void
make_certificate(size_t names)
{
    struct fault fault = { 0, "" };
    ck_assert_int_eq(certificate_make(tooling_options.certs,
                                      (struct spans){ tooling_options.hosts.at, names }, &fault),
                     STATUS_OK);
}

START_TEST(the_certificate_must_fit_its_key_and_name_every_host)
{
    char path[4096];
    make_certificate(2);
    struct told told = tool("check", NULL);
    ck_assert_str_eq(told.err, "");
    ck_assert_ptr_nonnull(strstr(told.out, "/example.org/cert.pem\n"));
    snprintf(path, sizeof path, "%s/example.org/key.pem", tooling_options.certs);
    ck_assert_int_eq(chmod(path, 0644), 0);
    told = tool("check", NULL);
    ck_assert_int_eq(told.status, 1);
    ck_assert_ptr_nonnull(strstr(told.err, "can be read by others: chmod 600"));
    ck_assert_int_eq(unlink(path), 0);
    told = tool("check", NULL);
    ck_assert_int_eq(told.status, 1);
    ck_assert_ptr_nonnull(strstr(told.err, "/example.org: "));
    testing_write(tooling_options.certs, "example.org/key.pem", "no key\n");
    ck_assert_int_eq(chmod(path, 0600), 0);
    ck_assert_ptr_nonnull(strstr(tool("check", NULL).err, "is damaged"));
}
END_TEST

/* A pair of our own for example.org, good from and until so many days from now. */
static void
sign_certificate(int from, int until)
{
    char path[4096];
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    for (size_t i = 0; i < 2; i++)
        sk_GENERAL_NAME_push(
            names, a2i_GENERAL_NAME(NULL, NULL, NULL, GEN_DNS, tooling_options.hosts.at[i].at, 0));
    ck_assert(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0) == 1);
    ck_assert(X509_time_adj_ex(X509_getm_notBefore(certificate), from, 0, NULL) != NULL);
    ck_assert(X509_time_adj_ex(X509_getm_notAfter(certificate), until, 0, NULL) != NULL);
    ck_assert(X509_set_pubkey(certificate, key) == 1);
    ck_assert(X509_sign(certificate, key, EVP_sha256()) > 0);
    testing_write(tooling_folder, "certs/example.org/key.pem", "");
    snprintf(path, sizeof path, "%s/example.org/key.pem", tooling_options.certs);
    ck_assert_int_eq(chmod(path, 0600), 0);
    FILE *file = fopen(path, "w");
    ck_assert(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
    fclose(file);
    snprintf(path, sizeof path, "%s/example.org/cert.pem", tooling_options.certs);
    file = fopen(path, "w");
    ck_assert(PEM_write_X509(file, certificate) == 1);
    fclose(file);
    GENERAL_NAMES_free(names);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static const struct {
    int from, until, status;
    const char *says;
} spans_of_time[] = {
    { -2, 365, 0, "" },
    { -2, 29, 0, "/example.org/cert.pem: hint: it ends soon, on 20" },
    { -2, -1, 1, "/example.org/cert.pem: it ended on 20" },
    { 1, 365, 1, "/example.org/cert.pem: it begins only on 20" },
};

START_TEST(a_certificate_out_of_its_time_is_a_fault)
{
    sign_certificate(spans_of_time[_i].from, spans_of_time[_i].until);
    struct told told = tool("check", NULL);
    ck_assert_int_eq(told.status, spans_of_time[_i].status);
    ck_assert_msg(strstr(told.err, spans_of_time[_i].says) != NULL, "%s", told.err);
    ck_assert(spans_of_time[_i].says[0] != '\0' || told.err[0] == '\0');
}
END_TEST

START_TEST(a_host_the_certificate_does_not_name_is_a_fault)
{
    make_certificate(1);
    struct told told = tool("check", NULL);
    ck_assert_int_eq(told.status, 1);
    ck_assert_ptr_nonnull(strstr(told.err, "/example.org/cert.pem: it does not name the host "
                                           "www.example.org: "));
}
END_TEST

START_TEST(a_host_that_is_an_address_is_named_too)
{
    static const struct span hosts[] = { { "127.0.0.1", 9 }, { "::1", 3 } };
    tooling_options.hosts = (struct spans){ hosts, 2 };
    make_certificate(2);
    content_write("stories/2024/hai.gmi",
                  "---\ntitle: Hai\ndate: 2024\n---\n=> gemini://[::1]/nope X\n");
    EXPECT(1, "stories/2024/hai.gmi:5: gemini://[::1]/nope answers 51: there is no such page");
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_no_work)
{
    tooling_options.content = "/nowhere/at/all";
    TOOL_ENDS(3, "check");
}
END_TEST

START_TEST(a_command_line_with_more_on_it_is_refused)
{
    TOOL_ENDS(2, "check", "all");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("check");
    TCase *tests = tcase_create("check");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tooling_tear_down);
    tcase_add_test(tests, a_good_capsule_is_fine);
    tcase_add_test(tests, a_link_that_leads_nowhere_is_told_with_its_line_in_the_file);
    tcase_add_test(tests, a_story_of_no_time_at_all_is_a_hint);
    tcase_add_test(tests, links_to_others_are_theirs);
    tcase_add_test(tests, the_port_readers_see_is_ours);
    tcase_add_test(tests, what_moved_is_a_hint_that_tells_the_new_address);
    tcase_add_test(tests, what_is_gone_and_what_is_not_served_are_faults);
    tcase_add_test(tests, every_unknown_term_and_related_slug_is_told);
    tcase_add_test(tests, a_file_that_is_no_story_is_told_and_the_others_are_looked_at);
    tcase_add_test(tests, a_move_that_leads_nowhere_is_a_fault);
    tcase_add_test(tests, a_story_that_is_gone_for_good_is_fine);
    tcase_add_test(tests, a_move_from_a_story_that_is_there_is_a_hint);
    tcase_add_test(tests, faulty_taxonomies_and_labels_are_told_with_their_line);
    tcase_add_test(tests, a_file_of_no_known_type_is_a_hint);
    tcase_add_test(tests, a_page_whose_address_is_taken_or_none_is_told);
    tcase_add_test(tests, nothing_is_changed_and_nothing_is_left);
    tcase_add_test(tests, the_certificate_must_fit_its_key_and_name_every_host);
    tcase_add_loop_test(tests, a_certificate_out_of_its_time_is_a_fault, 0,
                        (int)(sizeof spans_of_time / sizeof *spans_of_time));
    tcase_add_test(tests, a_host_the_certificate_does_not_name_is_a_fault);
    tcase_add_test(tests, a_host_that_is_an_address_is_named_too);
    tcase_add_test(tests, a_folder_that_is_not_there_is_no_work);
    tcase_add_test(tests, a_command_line_with_more_on_it_is_refused);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}

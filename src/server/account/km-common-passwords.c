/* km-common-passwords.c: what everybody tries first
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 3,000 commonest that are long enough are a file of their own, which
 * says where it comes from. Here are words and runs of keys of any length
 * that lists of leaked passwords are full of, in lower case and sorted:
 * km-password.c also refuses each with a few digits or marks behind it, which
 * is how most of the rest of such lists is made.
 *
 * Thread: any.
 */

#include "km-common-passwords.h"

#include <stdlib.h>
#include <string.h>

#include "km-account-resources.h"

#define LIST "/io/github/kaimu_live/server/common-passwords.txt"

static const char *const words[] = {
  "0987654321", "11112222", "112233", "11223344", "121212", "12121212",
  "123123", "123321", "12341234", "12344321", "1234554321", "1234qwer",
  "123654", "123abc", "123qwe", "123qweasd", "12qwaszx", "131313", "147258",
  "147258369", "159357", "159753", "1q2w3e", "1q2w3e4r", "1q2w3e4r5t",
  "1qaz2wsx", "1qaz2wsx3edc", "5201314", "520131400", "741852963", "789456",
  "789456123", "87654321", "963852741", "9876543210", "a123456", "a12345678",
  "a1b2c3", "a1b2c3d4", "aa123456", "abc123", "abc12345", "abcd1234", "abcdefg",
  "abcdefgh", "abcdefghi", "access", "admin", "administrator", "alejandro",
  "alexander", "alexandra", "amanda", "america", "andrew", "android", "angel",
  "angels", "anthony", "apple", "april", "aquarius", "arsenal", "asd123",
  "asdasd", "asdf", "asdfgh", "asdfghjk", "asdfghjkl", "asdzxc", "ashley",
  "asshole", "audi", "august", "australia", "autumn", "azerty", "babygirl",
  "banana", "barbie", "barcelona", "baseball", "basketball", "batman", "bear",
  "bestfriend", "bible", "blessed", "blink182", "bmw", "bonita", "bonjour",
  "boston", "brasil", "broadcast", "brother", "business", "buster", "butterfly",
  "california", "callofduty", "camaro", "canada", "cancer", "carlos", "cat",
  "changeit", "changeme", "charlie", "cheese", "chelsea", "chicago", "chicken",
  "chocolate", "chouchou", "christ", "christopher", "church", "coffee",
  "colombia", "company", "computer", "contrasena", "cookie", "corazon",
  "corvette", "counter", "counterstrike", "cowboys", "creative", "cupcake",
  "daddy", "daniel", "daniela", "daughter", "december", "default", "diamond",
  "doctor", "dog", "dollar", "dolphin", "donkey", "doraemon", "doudou",
  "dragon", "eagle", "earth", "einstein", "elizabeth", "eminem", "engineer",
  "england", "enterprise", "espana", "estrella", "facebook", "falcon", "family",
  "father", "february", "ferrari", "florida", "flower", "football", "forever",
  "fortnite", "france", "freedom", "friday", "friends", "frodo", "fuckoff",
  "fuckyou", "fussball", "galaxy", "gandalf", "garfield", "geheim", "gemini",
  "genius", "george", "germany", "gfhjkm", "ghbdtn", "ginger", "godisgood",
  "golden", "golf", "google", "grandma", "guest", "guitar", "hallo", "harley",
  "harrypotter", "heaven", "hello", "hello123", "hellohello", "hellokitty",
  "helloworld", "hockey", "hogwarts", "honda", "horse", "hunter", "hurricane",
  "ichliebedich", "ilovegod", "ilovehim", "iloveu", "iloveyou", "internet",
  "ironman", "january", "jennifer", "jessica", "jesus", "jesuschrist",
  "jonathan", "jordan", "jordan23", "joshua", "juventus", "kaimu", "killer",
  "kitty", "kobayashi", "lakers", "legolas", "leo", "letmein", "libra",
  "lightning", "linux", "lion", "liverpool", "livestream", "login", "london",
  "loulou", "lovebug", "lovely", "loveme", "loveyou", "lyubov", "maggie",
  "manager", "manchester", "march", "marina", "mario", "mariposa", "marseille",
  "master", "matrix", "matthew", "maverick", "mercedes", "merlin", "metallica",
  "mexico", "michael", "michael1", "michelle", "mickey", "microsoft",
  "midnight", "million", "minecraft", "minnie", "mommy", "monday", "money",
  "monkey", "monkeys", "moonlight", "motdepasse", "mother", "music", "mustang",
  "mylove", "mypassword", "naruto", "natasha", "newyork", "nicolas", "nicole",
  "nihon", "nikita", "ninja", "nintendo", "nirvana", "nissan", "nothing",
  "november", "october", "office", "orange", "p@ssw0rd", "p@ssword", "pa55word",
  "panther", "paris", "parola", "passw0rd", "password", "password1",
  "passwords", "passwort", "passwort1", "patrick", "peaches", "pepper",
  "phoenix", "pikachu", "pisces", "planet", "playstation", "pokemon", "porsche",
  "princesa", "princess", "privet", "puppy", "purple", "pussycat", "q1w2e3r4",
  "q1w2e3r4t5", "qazwsx", "qazwsxedc", "qwe123", "qweasd", "qweasdzxc",
  "qweqwe", "qwer", "qwerty", "qwerty123", "qwertyui", "qwertyuiop", "qwertz",
  "rabbit", "rainbow", "ranger", "ranger1", "realmadrid", "richard", "robert",
  "roblox", "rockstar", "root", "sakura", "samantha", "samsung", "samurai",
  "schatz", "scooby", "scorpion", "secret", "secrets", "senha", "september",
  "server", "service", "shadow", "shadow1", "silver", "sister", "skywalker",
  "slipknot", "snoopy", "soccer", "soleil", "something", "sommer", "spider",
  "spiderman", "spring", "starcraft", "starlight", "startrek", "starwars",
  "steelers", "sternchen", "streamer", "streaming", "student", "summer",
  "sunshine", "superman", "support", "suzuki", "sweetheart", "system", "tanaka",
  "taurus", "teacher", "teamo", "temp", "temporary", "tennis", "tequiero",
  "test", "tester", "testing", "texas", "thomas", "thunder", "tiger", "tinkle",
  "together", "tokyo", "toor", "toyota", "truelove", "trustme", "trustno1",
  "turtle", "tweety", "ubuntu", "universe", "user", "vader", "vfhbyf", "virgo",
  "voyager", "wangyut2", "warcraft", "warrior", "welcome", "whatever",
  "william", "windows", "winter", "wizard", "woaini", "woaini1314", "woaini520",
  "woaini521", "wolf", "xbox", "yamaha", "yankees", "yellow", "yoda",
  "zaq12wsx", "zaqwsx", "zelda", "zxc123", "zxcv", "zxcvbn", "zxcvbnm",
  "zxczxc",
};

static int
compare_words (gconstpointer a,
               gconstpointer b)
{
  return strcmp (a, *(const char *const *) b);
}

/* One password a line; a line with # says something about the list. */
static gpointer
read_list (gpointer data)
{
  g_autoptr (GBytes) bytes = NULL;
  GHashTable *list = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  km_account_register_resource ();
  bytes = g_resources_lookup_data (LIST, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (bytes == NULL)
    g_error ("the list of common passwords wasn't built in");

  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (lines[i][0] != '#' && lines[i][0] != '\0')
        g_hash_table_add (list, g_strdup (lines[i]));
    }

  return list;
}

/**
 * km_common_passwords_contain:
 * @folded: a password, or part of one, in lower case
 *
 * Returns: whether everybody tries it
 */
gboolean
km_common_passwords_contain (const char *folded)
{
  static GOnce once = G_ONCE_INIT;

  return bsearch (folded, words, G_N_ELEMENTS (words), sizeof words[0],
                  compare_words) != NULL
         || g_hash_table_contains (g_once (&once, read_list, NULL), folded);
}
